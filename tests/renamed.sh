#!/usr/bin/env bash
# renamed.sh: the golden files hold when every type and every enum member of the product has another name. Wants Release builds of the
# unit tests; half a minute.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=artifacts/renamed
built=tests/RemoteSigner.Tests/bin/Release/net10.0
[ -x "$built/RemoteSigner.Tests" ] || dotnet build tests/RemoteSigner.Tests -c Release -nologo --verbosity quiet -clp:NoSummary
dotnet build tests/RemoteSigner.Renaming -c Release -nologo --verbosity quiet -clp:NoSummary
tests/RemoteSigner.Renaming/bin/Release/net10.0/rename "$built" "$copy"
"$copy/RemoteSigner.Tests" -noColor -noLogo -namespace 'RemoteSigner.Tests.Golden*' | tee "$copy.log" |
  { grep -v -E '^ *(Discover|Start|Finish)' || true; }
grep -q 'Total: [1-9]' "$copy.log" || { echo "renamed.sh: error: no golden test ran" >&2; exit 1; }
