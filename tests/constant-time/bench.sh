#!/usr/bin/env bash
# bench.sh [ROUNDS]: microseconds of a signature and ratios to raw blst (bench.c), and a t-test of fixed scalars against random ones (timing.c).
source "$(dirname "$0")/build.sh"
has_ifma bench || exit 0
program bench "$here/bench.c" "$native"
"$out/bench" "${1:-41}"
program timing "$here/timing.c" "$native" -lm
"$out/timing" "${2:-20000}"
