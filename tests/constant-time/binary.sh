#!/usr/bin/env bash
# binary.sh: constants.h is what constants.py prints, and the library has 512-bit vectors where it should and nowhere else, no access to memory by a vector of addresses, and asks for the
# processor without using it.
source "$(dirname "$0")/build.sh"
python3 "$source/constants.py" | cmp - "$source/constants.h" || { echo "binary: error: $source/constants.h is not what constants.py prints"; exit 1; }

# wide FILE: the functions that use 512-bit vectors.
wide() { objdump -d --no-show-raw-insn "$1" | awk '/^[0-9a-f]+ <.*>:$/ { name = substr($2, 2, length($2) - 3) } /%zmm/ { print name }' | sort -u; }

library=artifacts/native/libblst.so
if objdump -d "$native" | grep -E 'v?p?(gather|scatter)'; then
  echo "binary: error: an address comes from a vector"; exit 1
fi
if objdump -d --disassemble=remote_signer_same_root_supported "$native" | grep -E '%[xyz]mm'; then
  echo "binary: error: the question for AVX-512 uses it"; exit 1
fi
others=$(comm -23 <(wide "$library") <(wide "$native"))
[ "$others" = remote_signer_clear_vector_registers ] || { echo "binary: error: 512-bit vectors in $others"; exit 1; }
echo "binary: constants as generated; 512-bit vectors in $(wide "$native" | wc -l) functions, all of same_root_ifma.c; no gather"
