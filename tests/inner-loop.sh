#!/usr/bin/env bash
# inner-loop.sh [MOST SECONDS]: from a fresh clone to the red test of one changed rule, by the documented command; prints the seconds.
# As root it goes on as nobody. COLD=1: also without the packages that are on this machine already.
set -euo pipefail
cd "$(dirname "$0")/.."
most=${1:-60}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

as=(env)
packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
[ "${COLD:-}" != 1 ] || packages=$folder/packages
if [ "$(id -u)" -eq 0 ]; then
  # Another user may not read root's packages, so it gets a copy: they are there before the clock starts.
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups env)
  [ "${COLD:-}" = 1 ] || { cp -r "$packages" "$folder/packages"; packages=$folder/packages; }
fi
mkdir -p "$folder/home"
git clone --quiet --no-local "$PWD" "$folder/source"
[ "$(id -u)" -ne 0 ] || chown -R nobody:nogroup "$folder"
rm -rf "$folder/clone"
run() { "${as[@]}" HOME="$folder/home" NUGET_PACKAGES="$packages" DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 CI= "$@"; }

began=$EPOCHREALTIME
run git -c safe.directory='*' clone --quiet "$folder/source" "$folder/clone"
rule=src/RemoteSigner.Slashing/Rules/AttestationRules.cs
run sed -i 's/if (source < history.SourceLowWatermark)/if (source <= history.SourceLowWatermark)/' "$folder/clone/$rule"
run git -c safe.directory='*' -C "$folder/clone" diff --quiet && { echo "inner-loop: error: the rule was not changed" >&2; exit 1; }
code=0
run make -C "$folder/clone" unit ROOM=Slashing CLASS=AttestationRulesTests >"$folder/log" 2>&1 || code=$?
times >"$folder/times"
processor=$(awk 'NR == 2 { gsub(/[ms]/, " "); printf "%.0f", $1 * 60 + $2 + $3 * 60 + $4 }' "$folder/times")
seconds=$(awk -v began="$began" -v now="$EPOCHREALTIME" 'BEGIN { printf "%.1f", now - began }')

[ "$code" -ne 0 ] && grep -q 'AttestationRulesTests.*\[FAIL\]' "$folder/log" || { cat "$folder/log" >&2
  echo "inner-loop: error: no test of the changed rule failed" >&2; exit 1; }
grep '\[FAIL\]' "$folder/log" | sed 's/^ */  /'
echo "inner-loop: $seconds s from clone to red test ($processor s of processor time), as $(run id -un)${COLD:+, no package on the machine}"
awk -v seconds="$seconds" -v most="$most" 'BEGIN { exit seconds > most }'
