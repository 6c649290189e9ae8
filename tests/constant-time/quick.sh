#!/usr/bin/env bash
# quick.sh: what of the evidence takes seconds, against the library that is shipped; for the rest, make constant-time.
source "$(dirname "$0")/build.sh"
bash "$here/binary.sh"
python3 "$here/exceptions.py" 30000
bash "$here/portable.sh" quick
has_ifma quick || exit 0
cc -O2 "${warnings[@]}" "${include[@]}" -o "$out/identity-quick" "$here/identity.c" artifacts/native/libblst.so -Wl,-rpath,"$PWD/artifacts/native"
"$out/identity-quick" 500 50 8
bash "$here/field.sh" 100 native
bash "$here/left.sh"
