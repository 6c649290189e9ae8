#!/usr/bin/env bash
# unit.sh [ROOM [CLASS]]: the unit tests of every room, of one room, or of one class in it. Builds what they need and nothing else;
# wants no root and no published binary.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/projects.sh

room=${1:-} class=${2:-}
projects=("${unit_projects[@]}") filter=()
if [ -d "tests/RemoteSigner.$room.Tests" ]; then
  projects=("RemoteSigner.$room.Tests")
elif [ -n "$room" ]; then
  [ -d "tests/RemoteSigner.Tests/$room" ] || { echo "unit.sh: error: there is no room $room in tests" >&2
    echo "unit.sh: hint: one of $(rooms | paste -sd ' ')" >&2; exit 2; }
  projects=(RemoteSigner.Tests) filter=(-namespace "RemoteSigner.Tests.$room*")
fi
[ -z "$class" ] || filter=(-class "*.$class")

# Analyzers are for make check: this is the inner loop. Debug keeps its output apart from that of the builds with analyzers.
code=0
for project in "${projects[@]}"; do
  dotnet build "tests/$project" -c Debug -p:RunAnalyzers=false -nologo --verbosity quiet -clp:NoSummary
  "tests/$project/bin/Debug/net10.0/$project" -noColor -noLogo "${filter[@]}" | { grep -v -E '^ *(Discover|Start|Finish)' || true; } || code=1
done
exit $code
