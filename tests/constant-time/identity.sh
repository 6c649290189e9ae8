#!/usr/bin/env bash
# identity.sh [RANDOM] [LENGTHS] [EACH]: the signatures of the product's object, and of what clang makes of its source, are blst's, bit by bit (identity.c).
source "$(dirname "$0")/build.sh"
has_ifma identity || exit 0
program identity "$here/identity.c" "$native"
"$out/identity" "${1:-1000000}" "${2:-300}" "${3:-1}"
clang -O2 "${avx512[@]}" -fPIC "${warnings[@]}" "${include[@]}" -c -o "$out/same_root_clang.o" "$source/same_root_ifma.c"
program identity-clang "$here/identity.c" "$out/same_root_clang.o"
echo -n "clang, " && "$out/identity-clang" 20000 "${2:-300}" "${3:-1}"
