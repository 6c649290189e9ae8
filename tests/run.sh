#!/usr/bin/env bash
# Runs every test project and closes with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.."

results=artifacts/tests
rm -rf "$results" && mkdir -p "$results"
passed=0 failed=0
for project in tests/RemoteSigner.Tests tests/RemoteSigner.AcceptanceTests; do
  name=$(basename "$project")
  report=$PWD/$results/$name.xml
  dotnet build "$project" -c Release --verbosity quiet || { failed=$((failed + 1)); continue; }
  dotnet run --project "$project" -c Release --no-build -- -noColor -xml "$report" | grep -v -E '^ *(Discover|Start|Finish)'
  code=${PIPESTATUS[0]}
  counts=$(grep -o '<assembly [^>]*>' "$report" 2>/dev/null | head -1)
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counts"; }
  p=$(count passed) f=$(count failed) e=$(count errors)
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0} + ${e:-0}))
  # A runner that ended badly without a report, or that reported no test, is a failure of its own.
  if [ "${p:-0}" -eq 0 ] || { [ "$code" -ne 0 ] && [ $((${f:-0} + ${e:-0})) -eq 0 ]; }; then failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
