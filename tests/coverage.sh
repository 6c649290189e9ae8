#!/usr/bin/env bash
# coverage.sh [ROOM]: the lines that the unit tests run, by room; all unit tests, or those of one project (Slashing, Spec, Native).
# FAST=1 leaves the slow ones out.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/projects.sh

projects=("${unit_projects[@]}")
[ -z "${1:-}" ] || projects=("RemoteSigner.$1.Tests")
[ -d "tests/${projects[0]}" ] || { echo "coverage.sh: error: the room $1 has no project of tests" >&2
  echo "coverage.sh: hint: Slashing, Spec or Native; all others are measured together, without ROOM" >&2; exit 2; }
folder=$PWD/artifacts/coverage
rm -rf "$folder" && mkdir -p "$folder"
for project in "${projects[@]}"; do
  dotnet build "tests/$project" -c Debug -p:RunAnalyzers=false -nologo --verbosity quiet -clp:NoSummary
  # A copy: the instrumented assemblies are not those that make unit runs.
  cp -r "tests/$project/bin/Debug/net10.0" "$folder/$project"
  dotnet build tests/RemoteSigner.Coverage -t:Cover -nologo --verbosity quiet -clp:NoSummary \
    -p:Program="$folder/$project/$project.dll" -p:Report="$folder/$project.json" \
    -p:Run="$folder/$project/$project -noColor -noLogo ${FAST:+-trait- Speed=slow} > $folder/$project.log" -restore >"$folder/$project.table" || { cat "$folder/$project.table" >&2; exit 1; }
  grep 'Total:' "$folder/$project.log"
  rm -rf "${folder:?}/$project"
done
tests/coverage.py "$folder"/*.json
