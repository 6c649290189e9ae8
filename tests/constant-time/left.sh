#!/usr/bin/env bash
# left.sh: after a call neither stack nor registers depend on the scalars (left.c).
source "$(dirname "$0")/build.sh"
has_ifma left || exit 0
program left "${avx512[@]}" "$here/left.c"
"$out/left"
