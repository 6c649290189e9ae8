#!/usr/bin/env bash
# check.sh: what a commit must pass. Format, build with all analyzers, lint, fast unit tests; wants no root. Stops at the first that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/projects.sh

step() { echo "check: $1 (${SECONDS} s)"; }
step "format" && tests/format.sh
step "build" && dotnet build RemoteSigner.sln -c Release -nologo --verbosity quiet -clp:NoSummary
step "lint" && tests/lint.sh
step "fast unit tests"
for project in "${unit_projects[@]}"; do
  "tests/$project/bin/Release/net10.0/$project" -noColor -noLogo -trait- Speed=slow | { grep -v -E '^ *(Discover|Start|Finish)' || true; }
done
step "done"
