#!/usr/bin/env bash
# trace.sh: the product's object, step by step: the same instructions and the same addresses for whatever scalars, inversion by blst included; a planted load is found (trace/tracer.c, trace/traced.c).
source "$(dirname "$0")/build.sh"
has_ifma trace || exit 0
cc -O2 "${warnings[@]}" -o "$out/tracer" "$here/trace/tracer.c"

# traces NAME OBJECT SET...: one line for each set.
traces() {
  local name=$1 object=$2
  shift 2
  program "$name" -static -no-pie "$here/trace/traced.c" "$object"
  objdump -d --no-show-raw-insn "$out/$name" | python3 "$here/trace/operands.py" >"$out/$name.operands"
  for set in "$@"; do "$out/tracer" "$out/$name.operands" "$out/$name" "$set"; done
}

trace=$(traces traced "$native" 0 1 2 3 4 5) || { echo "trace: error: $trace"; exit 1; }
[ "$(sort -u <<<"$trace" | wc -l)" -eq 1 ] || { echo "trace: error: traces differ"; echo "$trace"; exit 1; }
bash "$here/plant.sh" "$out/planted"
cc -O2 "${avx512[@]}" "${warnings[@]}" -I"$blst/bindings" -c -o "$out/planted/same_root_ifma.o" "$out/planted/same_root_ifma.c"
planted=$(traces traced-planted "$out/planted/same_root_ifma.o" 2 4) || { echo "trace: error: $planted"; exit 1; }
[ "$(sort -u <<<"$planted" | wc -l)" -eq 2 ] || { echo "trace: error: the planted load was not found"; exit 1; }
[ "$(cut -d, -f1 <<<"$planted" | sort -u | wc -l)" -eq 1 ] || { echo "trace: error: the planted load changed the instructions, too"; exit 1; }
echo "trace: $(wc -l <<<"$trace") sets of scalars, one trace: $(head -1 <<<"$trace"); a planted load is found"
