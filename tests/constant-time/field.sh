#!/usr/bin/env bash
# field.sh [OCTETS] [emulated|native]: the bounds that stand in field.h hold, for lanes of the processor and for emulated ones (field.py).
source "$(dirname "$0")/build.sh"
if [ "${2:-emulated}" = emulated ]; then
  program field-emulated -DEMULATE -Wno-psabi "$here/field.c"
  echo -n "emulated " && python3 "$here/field.py" "$out/field-emulated" "${1:-1000}"
fi
[ "${2:-native}" = native ] && has_ifma field || exit 0
program field-native "${avx512[@]}" "$here/field.c"
python3 "$here/field.py" "$out/field-native" "${1:-1000}"
