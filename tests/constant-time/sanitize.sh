#!/usr/bin/env bash
# sanitize.sh: no access out of bounds and nothing undefined, over emulated lanes and over the processor's.
source "$(dirname "$0")/build.sh"
sanitizers=(-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all)
export ASAN_OPTIONS=detect_leaks=0                              # the programs end without giving memory back
program identity-emulated-sanitized "${sanitizers[@]}" -DEMULATE -Wno-psabi "$here/identity.c" "$source/same_root_ifma.c"
"$out/identity-emulated-sanitized" 100 20 64 | sed 's/^/sanitize, emulated, /'
has_ifma sanitize || exit 0
program identity-sanitized "${sanitizers[@]}" "${avx512[@]}" "$here/identity.c" "$source/same_root_ifma.c"
"$out/identity-sanitized" 1000 140 8 | sed 's/^/sanitize, /'
