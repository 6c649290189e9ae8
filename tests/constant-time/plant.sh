#!/usr/bin/env bash
# plant.sh FOLDER: a copy of the source that has what the other scripts must find: a load from an address that depends on two bits of the scalar, whose value changes nothing.
set -euo pipefail
source=$(dirname "$0")/../../src/RemoteSigner.Native/same_root
mkdir -p "$1"
cp "$source"/*.[ch] "$1"
sed -i 's|^    memcpy(s, scalar, 32);$|&\n    *even = *(const volatile uint64_t *)\&ORDER[s[0] \& 3];|' "$1/recode.h"
cmp -s "$source/recode.h" "$1/recode.h" && { echo "plant.sh: error: nothing was planted" >&2; exit 1; } || true
