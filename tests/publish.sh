#!/usr/bin/env bash
# publish.sh FOLDER [VERSION]: the NativeAOT binary; without a version it calls itself 0.0.0-dev.
# Fails on any trimming or AOT warning but the one that Pkcs11Interop is known for (IL3053).
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1 version=${2:-}
log=artifacts/publish.log
mkdir -p artifacts && rm -rf "$folder"
dotnet publish src/RemoteSigner.Host -c Release -r linux-x64 -o "$folder" \
  ${version:+"-p:InformationalVersion=$version"} --verbosity quiet 2>&1 | tee "$log" | { grep -E 'error|warn' || true; }
rm -f "$folder"/*.pdb
[ -x "$folder/remote-signer" ] || { echo "publish.sh: error: no binary was made" >&2; exit 1; }
if grep -E 'IL[0-9]{4}' "$log" | grep -v -E 'IL3053.*Pkcs11Interop' >&2; then
  echo "publish.sh: error: the publish has warnings that would break at run time" >&2
  exit 1
fi
found=$(ls "$folder" | tr '\n' ' ')
if [ "$found" != "libblst.so libe_sqlite3.so remote-signer " ]; then
  echo "publish.sh: error: unexpected files were published: $found" >&2
  exit 1
fi
# Either would make every build another one: docs/developer/release.md.
if grep -l -a -F "$PWD/" src/*/obj/Release/net10.0/linux-x64/*.dll "$folder"/* >&2; then
  echo "publish.sh: error: the folder of this build is in what was compiled" >&2
  exit 1
fi
if readelf --symbols --wide "$folder/libblst.so" | grep -E ' FILE .* cc[A-Za-z0-9]{6}\.o$' >&2; then
  echo "publish.sh: error: libblst.so has the random name of an object" >&2
  exit 1
fi
