#!/usr/bin/env bash
# e2e.sh: a real beacon node and validator client (Lodestar) whose every signature comes from the published binary; first through the
# loopback listener, then through mutual TLS. The client lives in ../shared/tools/real-client, or where REAL_CLIENT says.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=${REAL_CLIENT:-../shared/tools/real-client}
[ -f "$tool/run-e2e.sh" ] || { echo "e2e.sh: error: there is no real client at $tool" >&2; exit 1; }
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
binary=$PWD/artifacts/publish/remote-signer/remote-signer

round() { # name, url, environment...
  local name=$1 url=$2; shift 2
  local data=$work/$name
  "$binary" init --data "$data" --network minimal --genesis-validators-root "$root" --no-slot-window --seal softhsm2 --pin-file "$work/pin" --client lodestar=all >/dev/null
  "$binary" keys import --data "$data" --keystores "$work/keys/keystores" --passwords "$work/keys/passwords" --never-signed >/dev/null
  "$binary" serve --data "$data" --listen 127.0.0.1:19000 --operations 127.0.0.1:19001 --loopback-http 19002=lodestar >"$work/$name.log" 2>&1 &
  signer=$!
  for _ in $(seq 200); do curl -fs http://127.0.0.1:19001/healthcheck >/dev/null && break; sleep 0.1; done
  echo "== $name: $url"
  env "$@" OUT="$work/out-$name" bash "$work/client/run-e2e.sh" "$url" || { tail -20 "$work/$name.log" >&2; return 1; }
  kill -TERM "$signer" && wait "$signer"
  signer=
  "$binary" audit verify --data "$data"
}

round loopback http://127.0.0.1:19002
d=$work/mtls
round mtls https://127.0.0.1:19000 SIGNER_CA="$d/tls/ca.crt" SIGNER_CERT="$d/clients/lodestar.crt" SIGNER_KEY="$d/clients/lodestar.key"
