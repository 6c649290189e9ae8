#!/usr/bin/env bash
# mutate.sh [PART OF A PATH[:LINE] …]: the score of the law by file, and the faults that no test notices.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/projects.sh

for project in RemoteSigner.Mutation "${unit_projects[@]}"; do
  dotnet build "tests/$project" -c Release -p:RunAnalyzers=false -nologo --verbosity quiet -clp:NoSummary
done
exec tests/RemoteSigner.Mutation/bin/Release/net10.0/mutate "$@"
