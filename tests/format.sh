#!/usr/bin/env bash
# format.sh: is all C# formatted as make format would? Lists the files that are not.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
dotnet csharpier check src tests || { echo "format.sh: hint: make format" >&2; exit 1; }
