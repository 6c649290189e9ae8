#!/usr/bin/env bash
# lint.sh: what no compiler reads. Each check prints what is wrong with file and line; the exit code is 1 where there is any.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

wrong=0
check() { echo "lint: $1"; shift; "$@" || wrong=1; }

# The scripts: by shellcheck where it is installed (make install does that), else by the shell alone.
scripts() {
  local files
  mapfile -t files < <(git grep -lE '^#!.*(bash|/bin/sh)' -- ':!*.md')
  if command -v shellcheck >/dev/null; then shellcheck --severity=warning --exclude=SC2154,SC2054 -- "${files[@]}"; return; fi
  local file code=0
  for file in "${files[@]}"; do bash -n "$file" || code=1; done
  return $code
}

python() { git ls-files -z -- '*.py' | xargs -0 python3 -c 'import ast, sys; [ast.parse(open(name).read(), name) for name in sys.argv[1:]]'; }

check "line lengths" tests/lines.py "*.cs" "*.md" Makefile
check "shell scripts" scripts
check "Python scripts" python
check "OpenAPI documents" tests/openapi.sh
exit $wrong
