#!/usr/bin/env bash
# demo.sh [--native] [--once] [--tpm]: four signers of one cluster. They run on the .NET runtime, because the native binary takes minutes
# to build; --native takes the published one.
set -euo pipefail
cd "$(dirname "$0")/.."

build() { dotnet build "$1" -c Release -p:RunAnalyzers=false -nologo --verbosity quiet -clp:NoSummary; }
if [ "${1:-}" = --native ]; then
  shift
else
  build src/RemoteSigner.Host
  export REMOTE_SIGNER_BINARY=$PWD/src/RemoteSigner.Host/bin/Release/net10.0/remote-signer
fi
build tests/RemoteSigner.Demo
exec tests/RemoteSigner.Demo/bin/Release/net10.0/remote-signer-demo "$@"
