# Sourced by the scripts of this folder: works in the repository, builds into artifacts/constant-time. The object under test is the product's own, $native, unless a script says otherwise.
set -euo pipefail
here=tests/constant-time
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=artifacts/constant-time
source=src/RemoteSigner.Native/same_root
blst=src/RemoteSigner.Native/blst/node_modules/c-kzg/deps/blst
native=artifacts/native/same_root_ifma.o
avx512=(-mavx512f -mavx512dq -mavx512ifma -fno-builtin -fno-tree-vectorize -fno-tree-slp-vectorize)
include=(-I"$here" -I"$source" -I"$blst/bindings")
warnings=(-Wall -Wextra -Werror)
mkdir -p "$out"

if [ ! -e "$native" ] || [ -n "$(find "$source" src/RemoteSigner.Native/RemoteSigner.Native.csproj -newer "$native")" ]; then
  dotnet build src/RemoteSigner.Native -c Release --verbosity quiet >"$out/build.log" || { cat "$out/build.log" >&2; exit 1; }
  touch "$native"
fi

# blst as the product builds it, but with names for the functions that a report tells.
rest=("$out/blst.o" "$out/assembly.o" "$out/registers.o")
if [ ! -e "$out/registers.o" ] || [ "$native" -nt "$out/registers.o" ]; then
  cc -O2 -g -fno-builtin -fPIC -D__BLST_PORTABLE__ -c "$blst/src/server.c" -o "$out/blst.o"
  cc -c "$blst/build/assembly.S" -o "$out/assembly.o"
  cc -O2 -c src/RemoteSigner.Native/registers.c -o "$out/registers.o"
fi

# program NAME ARGUMENTS OF CC...: builds artifacts/constant-time/NAME.
program() {
  local name=$1
  shift
  cc -O2 "${warnings[@]}" "${include[@]}" -o "$out/$name" "$@" "${rest[@]}"
}

# Says it where the processor cannot run the object.
has_ifma() {
  grep -qw avx512ifma /proc/cpuinfo || { echo "$1: skipped, this processor has no AVX-512 IFMA"; return 1; }
}
