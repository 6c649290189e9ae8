#!/usr/bin/env bash
# version.sh: the version of this commit, from git alone. A commit tagged v1.2.3 is 1.2.3. A later one is 1.2.3+DATE.gCOMMIT, which
# Debian sorts after 1.2.3 and before 1.2.4. Without a tag it is 0.0.0+DATE.gCOMMIT.
set -euo pipefail
cd "$(dirname "$0")/.."

# The newest, if a commit has several.
tag=$(git -c versionsort.suffix=- tag --points-at HEAD --list 'v[0-9]*' --sort=-v:refname | head -1)
if [ -n "$tag" ]; then
  echo "${tag#v}"
else
  before=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || echo v0.0.0)
  echo "${before#v}+$(TZ=UTC git log -1 --date=format-local:%Y%m%d%H%M%S --format=%cd).g$(git rev-parse HEAD | cut -c1-12)"
fi
