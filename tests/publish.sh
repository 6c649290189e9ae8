#!/usr/bin/env bash
# publish.sh FOLDER: the NativeAOT binary. Fails on any trimming or AOT warning but the one that Pkcs11Interop is known for (IL3053).
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$1
log=artifacts/publish.log
mkdir -p artifacts && rm -rf "$folder"
dotnet publish src/RemoteSigner.Host -c Release -r linux-x64 -o "$folder" --verbosity quiet 2>&1 | tee "$log" | { grep -E 'error|warn' || true; }
rm -f "$folder"/*.pdb
[ -x "$folder/remote-signer" ] || { echo "publish.sh: error: no binary was made" >&2; exit 1; }
if grep -E 'IL[0-9]{4}' "$log" | grep -v -E 'IL3053.*Pkcs11Interop' >&2; then
  echo "publish.sh: error: the publish has warnings that would break at run time" >&2
  exit 1
fi
