#!/usr/bin/env bash
# e2e.sh: a real beacon node and validator client (Lodestar) whose every signature comes from the published binary; first through the
# loopback listener, then through mutual TLS. The client lives in ../shared/tools/real-client, or where REAL_CLIENT says.
# REMOTE_SIGNER_BINARY=FILE  another binary than the published one
# CLIENT_CLI=FILE            another Lodestar than the 1.5.1 that the client brings: the index.js of an installed one, which the node in PATH runs
# FORKS=0,0,0,1,2            epochs of Altair, Bellatrix, Capella, Deneb, Electra: 1.5.1 knows the first three alone; MIN_FINALIZED_EPOCH, SECONDS_PER_SLOT,
#                            DURATION (seconds) and the like go with it, as the client's README has them
set -euo pipefail
cd "$(dirname "$0")/.."

tool=${REAL_CLIENT:-../shared/tools/real-client}
[ -f "$tool/run-e2e.sh" ] || { echo "e2e.sh: error: there is no real client at $tool" >&2; exit 1; }
if [ -n "${CLIENT_CLI:-}" ]; then
  cli=$(realpath -e "$CLIENT_CLI" 2>/dev/null) || { echo "e2e.sh: error: there is no Lodestar at $CLIENT_CLI" >&2; exit 1; }
  export CLIENT_CLI=$cli
fi
work=$(mktemp -d)
signer=
trap '[ -z "$signer" ] || kill "$signer" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT

# The tool installs npm packages beside itself: it gets a copy to do that in.
cp -r "$tool" "$work/client"
(cd "$work/client" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
(cd "$work/client" && node make-keys.mjs --out "$work/keys" >/dev/null)

export SOFTHSM2_CONF=$work/softhsm2.conf
mkdir "$work/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$work/tokens" >"$SOFTHSM2_CONF"
softhsm2-util --init-token --free --label remote-signer --so-pin 87654321 --pin 123456 >/dev/null
(umask 077 && echo 123456 >"$work/pin")
# Of the 32 interop validators that the client makes: the same at every start.
root=0x3e8bd71d9925794b4f5e8623e15094ea6edc0fd206e3551e13dd2d10e08fbaba
binary=${REMOTE_SIGNER_BINARY:-$PWD/artifacts/publish/remote-signer/remote-signer}

# Ports that nobody holds: an answer from another signer would prove nothing.
read -r api operations loopback < <(node -e 'const s=[0,0,0].map(()=>require("net").createServer().listen(0,"127.0.0.1"));
  setTimeout(()=>{console.log(s.map(x=>x.address().port).join(" "));s.forEach(x=>x.close())},50)')

# The signer has the schedule of the chain: which form an aggregate has hangs on it.
case ${FORKS:-all} in
  all) epochs=(1 2 3) ;;
  capella) epochs=(0 0 0) ;;
  *) IFS=, read -ra epochs <<<"$FORKS" ;;
esac
forks=(ALTAIR BELLATRIX CAPELLA DENEB ELECTRA FULU)
{
  printf '%s\n' 'CONFIG_NAME: e2e' 'PRESET_BASE: minimal' "SECONDS_PER_SLOT: ${SECONDS_PER_SLOT:-2}" 'GENESIS_FORK_VERSION: 0x00000001'
  for i in "${!forks[@]}"; do
    printf '%s_FORK_VERSION: 0x0%d000001\n%s_FORK_EPOCH: %s\n' "${forks[i]}" $((i + 1)) "${forks[i]}" "${epochs[i]:-18446744073709551615}"
  done
} >"$work/config.yaml"

round() { # name, url, environment...
  local name=$1 url=$2; shift 2
  local data=$work/$name
  "$binary" init --data "$data" --network "$work/config.yaml" --genesis-validators-root "$root" --no-slot-window --seal softhsm2 --anchor-on-host --pin-file "$work/pin" --client lodestar=all >/dev/null
  "$binary" keys import --data "$data" --keystores "$work/keys/keystores" --passwords "$work/keys/passwords" --never-signed >/dev/null
  "$binary" serve --data "$data" --listen "127.0.0.1:$api" --operations "127.0.0.1:$operations" --loopback-http "$loopback=lodestar" >"$work/$name.log" 2>&1 &
  signer=$!
  curl -fs --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$operations/healthcheck" >/dev/null ||
    { cat "$work/$name.log" >&2; echo "e2e.sh: error: the signer did not start" >&2; return 1; }
  echo "== $name: $url"
  env "$@" OUT="$work/out-$name" bash "$work/client/run-e2e.sh" "$url" || { tail -n 20 "$work/$name.log" "$work/out-$name"/{beacon,validator}.log >&2; return 1; }
  kill -TERM "$signer" && wait "$signer"
  signer=
  "$binary" audit verify --data "$data"
}

round loopback "http://127.0.0.1:$loopback"
d=$work/mtls
round mtls "https://127.0.0.1:$api" SIGNER_CA="$d/tls/ca.crt" SIGNER_CERT="$d/clients/lodestar.crt" SIGNER_KEY="$d/clients/lodestar.key"
