#!/usr/bin/env bash
# Verifies the model of slashing protection and of the fence with Dafny; with --mutations shows that each wrong rule makes it fail.
# --only NAME takes one mutation, --seed N another random seed of the solver, which must change nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

# Dafny was built for an older runtime than the one that is here. Its limits are counted in steps of the solver, so that a slow machine changes no outcome.
export DOTNET_ROLL_FORWARD=Major DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
model=$(dirname "$(find src -name Rules.dfy)")
mutations=false seed=() only='*'
while [ $# -gt 0 ]; do
  case $1 in
    --mutations) mutations=true ;;
    --only) mutations=true only=$2; shift ;;
    --seed) seed=(--boogie "/randomSeed:$2"); shift ;;
    *) echo "proof.sh: error: $1 is not known" >&2; exit 2 ;;
  esac
  shift
done
solver=$(command -v z3) || { echo "proof.sh: error: z3 is not there" >&2; echo "proof.sh: hint: tests/install.sh installs it" >&2; exit 1; }
dotnet tool restore >/dev/null

verify() { dotnet dafny verify --solver-path "$solver" --cores 2 --verification-time-limit 0 --resource-limit 30e6 --allow-warnings false "${seed[@]}" "$@"; }

if ! $mutations; then
  verify "$model"/*.dfy | grep -v '^$'
  echo "$(grep -c '^  // [0-9]*\. ' "$model/Laws.dfy") laws in $SECONDS s"
  exit
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
failed=0
for mutation in "$model"/Mutations/$only.patch; do
  name=$(basename "$mutation" .patch)
  lemma=$(head -1 "$mutation")
  rm -f "$copy"/*.dfy && cp "$model"/*.dfy "$copy"
  patch -s -d "$copy" <"$mutation"
  report=$(verify "$copy/${lemma%%.*}.dfy" --filter-symbol "$lemma" 2>&1) && code=0 || code=$?
  # 4: something could not be proven. A model that does not even parse ends otherwise.
  if [ $code -eq 4 ]; then
    echo "$name: $lemma is no longer provable"
  else
    echo "$name: $lemma should have failed (exit $code): $report"
    failed=1
  fi
done
exit $failed
