#!/usr/bin/env bash
# Runs every test project, the proof, and closes with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

results=artifacts/tests
rm -rf "$results" && mkdir -p "$results"
passed=0 failed=0
. tests/projects.sh
export REMOTE_SIGNER_STEPS=${REMOTE_SIGNER_STEPS:-1000000} REMOTE_SIGNER_DIFFERENTIAL_REPORT=$PWD/$results/differential.txt
for name in "${unit_projects[@]}" RemoteSigner.AcceptanceTests; do
  project=tests/$name
  report=$PWD/$results/$name.xml
  dotnet build "$project" -c Release --verbosity quiet || { failed=$((failed + 1)); continue; }
  dotnet run --project "$project" -c Release --no-build -- -noColor -xml "$report" | grep -v -E '^ *(Discover|Start|Finish)'
  code=${PIPESTATUS[0]}
  [ "$name" = RemoteSigner.Tests ] && head -1 "$REMOTE_SIGNER_DIFFERENTIAL_REPORT" 2>/dev/null
  counts=$(grep -o '<assembly [^>]*>' "$report" 2>/dev/null | head -1)
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counts"; }
  p=$(count passed) f=$(count failed) e=$(count errors)
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0} + ${e:-0}))
  # A runner that ended badly without a report, or that reported no test, is a failure of its own.
  if [ "${p:-0}" -eq 0 ] || { [ "$code" -ne 0 ] && [ $((${f:-0} + ${e:-0})) -eq 0 ]; }; then failed=$((failed + 1)); fi
done

# One check: no word that is stored or sent comes from the name of a type or an enum member.
if tests/renamed.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# The format of the code, and what no compiler reads: lines, scripts, the descriptions that the signer serves.
if tests/format.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
if tests/lint.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# The Debian package, as far as a machine shows that has not booted with it. The rest: make machine-test.
if tests/package.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# THIRD-PARTY-NOTICES lists what the program carries, and every licence in it is permissive.
if tests/third-party.py check; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# The container file, as far as it goes without an engine and without the minutes of a build.
if tests/container.py; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# Every fenced block of README.md and docs/ is run, parsed, or says why not.
if tests/pages.py; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# Each picture in docs/pictures is what its text makes; that the text names what the code has, the unit tests hold.
if docs/pictures/draw.py --check; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# What is computed together for many keys is blst's bit by bit, by the library that is shipped, and without AVX-512 no branch and no address depends on a scalar. The rest of the evidence: make constant-time.
if tests/constant-time/quick.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# One check each: the model verifies, and a rule that is wrong on purpose makes that fail. All wrong rules: make proof MUTATIONS=1.
prove() { if tests/proof.sh "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi; }
prove
prove --only imported-root-is-granted-again

# One check: whatever is sent for a minute, nothing of it is found wrong. Longer: make fuzz.
if dotnet run --project tests/RemoteSigner.Fuzz -c Release --verbosity quiet -- "${REMOTE_SIGNER_FUZZ_SECONDS:-60}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# Once more at the end, where nobody scrolls past it.
tests/skipped.py "$results"/*.xml
grep -ho '<test [^>]*result="Fail"' "$results"/*.xml 2>/dev/null | sed 's/.* name="\([^"]*\)".*/failed: \1/'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
