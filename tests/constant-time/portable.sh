#!/usr/bin/env bash
# portable.sh [quick]: what NativeAOT makes of the portable path (PortableSameRoot.cs, SignedDigits.cs, and BurstSigner.cs around them). valgrind finds no branch and no address that depends on a
# scalar; step by step, instructions and addresses are the same for whatever scalars; a planted load and a planted early exit are found; what deals with digits is, instruction by instruction, what
# was published. Quick: valgrind alone, and nothing planted.
source "$(dirname "$0")/build.sh"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# build PROJECT SOURCE: the program, from the product's source or a copy of it, into artifacts/constant-time/NAME-program, NAME being that of the project's folder.
build() {
  local name
  name=$(basename "$1")
  dotnet publish "$1" -c Release -r linux-x64 -p:RunAnalyzers=false -p:NativeSource="$2/" -o "$out/$name-program" --verbosity quiet >"$out/$name.log" || { cat "$out/$name.log" >&2; exit 1; }
}

# watch NAME MODE: the line of the program; valgrind's reports in a log. Those of the runtime's start are not counted.
watch() {
  valgrind --quiet --error-limit=no --suppressions="$here/undefined.supp" --log-file="$out/$1-$2.log" "$out/$1-program/portable" "$2"
}

cc -O2 "${warnings[@]}" "${include[@]}" -c "$here/portable/marks.c" -o "$out/marks.o"
objcopy --globalize-symbol=reciprocal_fp "$out/blst.o" "$out/blst-named.o"      # the linker of NativeAOT drops names of static functions
build "$here/portable" "$PWD/src/RemoteSigner.Native"
of_runtime=$(watch portable defined) || { echo "portable: error: without a secret, $of_runtime: see $out/portable-defined.log"; exit 1; }
found=$(watch portable undefined) || { echo "portable: error: $found: see $out/portable-undefined.log"; exit 1; }
[[ $found =~ ^"0 reports; of "([0-9]+)" words of the signatures "([0-9]+)" " && ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" ]] || { echo "portable: error: the marks did not come through: $found"; exit 1; }
echo "portable: no branch and no address depends on a scalar: $found"
[ "${1:-}" = quick ] && exit 0

planted=$out/portable-planted
rm -rf "$planted" "$planted-source" && mkdir -p "$planted" "$planted-source"
cp "$here"/portable/{portable.csproj,packages.lock.json,Program.cs} "$planted"
cp -r src/RemoteSigner.Native/*.cs src/RemoteSigner.Native/Files src/RemoteSigner.Native/Bursts "$planted-source"
sed -i -e 's/^            var index = .*$/&\n            _ = Volatile.Read(ref *(ulong*)(entries + index));/' \
  -e 's/^                f |= entry\[5\] & isIt;$/&\n                if (k == index) { break; }/' "$planted-source/Bursts/PortableSameRoot.cs"
[ "$(diff src/RemoteSigner.Native/Bursts/PortableSameRoot.cs "$planted-source/Bursts/PortableSameRoot.cs" | grep -c '^>')" -eq 2 ] || { echo "portable: error: nothing was planted"; exit 1; }
build "$planted" "$PWD/$planted-source"
watch portable-planted undefined >/dev/null && { echo "portable: error: what was planted was not found"; exit 1; }
for kind in 'Use of uninitialised value' 'Conditional jump'; do
  grep -A 1 "$kind" "$out/portable-planted-undefined.log" | grep -q PortableSameRoot__LookUp || { echo "portable: error: no '$kind' in LookUp was found"; exit 1; }
done
echo "portable: a planted load and a planted early exit are found"

# body OBJECT FUNCTION: its instructions, up to the first call into blst, without places.
body() {
  objdump -d --no-show-raw-insn --no-addresses --disassemble="$2" "$1" | sed -n "/^<$2>:/,/^\$/p" | sed -E '1d; s/ *#.*//; s/ *<[^>]*>//; s/^\s*(j[a-z]+|call)\s.*/\1/' |
    if [[ $2 = *LookUp_0 ]]; then sed -E '/^\s*(call|jmp)$/,$d' | grep -vE '^\s*(add|pop)\s'; else cat; fi
}

# Some things around the calls differ, which are bound at link here and at the first call there.
tested=$here/portable/obj/Release/net10.0/linux-x64/native/portable.o product=src/RemoteSigner.Host/obj/Release/net10.0/linux-x64/native/remote-signer.o
if [ -e "$product" ] && [ -z "$(find src/RemoteSigner.Native/Bursts -newer "$product")" ]; then
  for function in SignedDigits__Recode SignedDigits__Divide SignedDigits__Step PortableSameRoot__LookUp PortableSameRoot__LookUp_0; do
    [ "$(body "$tested" "portable_RemoteSigner_Native_$function" | wc -l)" -gt 20 ] || { echo "portable: error: $function is not there"; exit 1; }
    diff <(body "$tested" "portable_RemoteSigner_Native_$function") <(body "$product" "RemoteSigner_Native_RemoteSigner_Native_$function") ||
      { echo "portable: error: $function is another one in the published binary"; exit 1; }
  done
  echo "portable: recoding, division and look-up are, instruction by instruction, those of the published binary"
else
  echo "portable: not compared with the published binary, which is not there or older than its source (make publish)"
fi

cc -O2 "${warnings[@]}" -o "$out/tracer" "$here/trace/tracer.c"

# traces NAME SET...: one line for each set.
traces() {
  local program=$out/$1-program/portable
  objdump -d --no-show-raw-insn "$program" | python3 "$here/trace/operands.py" >"$out/$1.operands"
  for set in "${@:2}"; do "$out/tracer" "$out/$1.operands" "$program" "$set"; done
}

trace=$(traces portable 0 1 4) || { echo "portable: error: $trace"; exit 1; }
[ "$(sort -u <<<"$trace" | wc -l)" -eq 1 ] || { echo "portable: error: traces differ"; echo "$trace"; exit 1; }
differing=$(traces portable-planted 1 4) || { echo "portable: error: $differing"; exit 1; }
for part in 1 2; do
  [ "$(cut -d, -f"$part" <<<"$differing" | sort -u | wc -l)" -eq 2 ] || { echo "portable: error: what was planted is not in the traces"; exit 1; }
done
echo "portable: $(wc -l <<<"$trace") sets of scalars, one trace: $(head -1 <<<"$trace"); what is planted is found"
