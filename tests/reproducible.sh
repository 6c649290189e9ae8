#!/usr/bin/env bash
# reproducible.sh: makes the release twice and compares every file byte by byte. The second time in a deeper folder, later, and
# with one processor for .NET. Umask and time zone are pinned by release.sh; the second run starts from others to show that.
set -euo pipefail
cd "$(dirname "$0")/.."

one=$PWD/artifacts/reproducible/one two=$PWD/artifacts/reproducible/two
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{a,a-longer/path}
TMPDIR=$work/a tests/release.sh "$one"
(umask 077 && TMPDIR=$work/a-longer/path TZ=Asia/Tokyo DOTNET_PROCESSOR_COUNT=1 tests/release.sh "$two")
for folder in "$one" "$two"; do
  echo "$(basename "$folder"):"
  cat "$folder/SHA256SUMS"
done
diff -r "$one" "$two" || { echo "reproducible.sh: error: two builds of one commit differ" >&2; exit 1; }
echo "reproducible: $(wc -l < "$one/SHA256SUMS") files, the same bytes twice"
