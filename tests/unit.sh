#!/usr/bin/env bash
# unit.sh: the unit tests of every room; ROOM=Slashing those of one room, CLASS=WatermarkTests one class. Builds what they need and nothing
# else; wants no root and no published binary.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/projects.sh

room=${ROOM:-} class=${CLASS:-}
projects=("${unit_projects[@]}") filter=()
if [ -d "tests/RemoteSigner.$room.Tests" ]; then
  projects=("RemoteSigner.$room.Tests")
elif [ -n "$room" ]; then
  [ -d "tests/RemoteSigner.Tests/$room" ] || { echo "unit.sh: error: there is no room $room in tests" >&2
    echo "unit.sh: hint: one of $(rooms | paste -sd ' ')" >&2; exit 2; }
  projects=(RemoteSigner.Tests) filter=(-namespace "RemoteSigner.Tests.$room*")
fi
[ -z "$class" ] || filter=(-class "*.$class")

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Analyzers are for make check: this is the inner loop. Debug keeps its output apart from that of the builds with analyzers.
code=0 total=0
for project in "${projects[@]}"; do
  dotnet build "tests/$project" -c Debug -p:RunAnalyzers=false -nologo --verbosity quiet -clp:NoSummary
  "tests/$project/bin/Debug/net10.0/$project" -noColor -noLogo "${filter[@]}" | tee "$log" | { grep -v -E '^ *(Discover|Start|Finish)' || true; } || code=1
  total=$((total + $(sed -n 's/.*Total: \([0-9]*\).*/\1/p' "$log")))
done
[ "$total" -gt 0 ] || { echo "unit.sh: error: there is no test${class:+ in a class $class}${room:+ of the room $room}" >&2; exit 2; }
exit $code
