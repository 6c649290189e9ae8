#!/usr/bin/env bash
# undefined.sh: valgrind finds no branch and no address that depends on a scalar in same_root_ifma.c over emulated lanes; with a planted one, it does (undefined.c).
source "$(dirname "$0")/build.sh"
emulated=(-g -fno-var-tracking -DEMULATE -Wno-psabi)

# check NAME: the reports that are left.
check() {
  valgrind --quiet --error-exitcode=4 --suppressions="$here/undefined.supp" "$out/$1" 2>"$out/$1.log"
}

program undefined "${emulated[@]}" "$here/undefined.c" "$source/same_root_ifma.c"
check undefined || { echo "undefined: error: exit $?, see $out/undefined.log"; exit 1; }
bash "$here/plant.sh" "$out/planted"
include=(-I"$here" -I"$out/planted" "${include[@]}")
program undefined-planted "${emulated[@]}" "$here/undefined.c" "$out/planted/same_root_ifma.c"
check undefined-planted && { echo "undefined: error: the planted load was not found"; exit 1; }
[ "$(grep -c 'Use of uninitialised value' "$out/undefined-planted.log")" -ge 1 ]
echo "undefined: no branch and no address depends on a scalar; a planted load is found"
