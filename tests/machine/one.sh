#!/usr/bin/env bash
# one.sh PACKAGE BASE.tar KIND: one machine, in namespaces of its own. See run.sh.
set -euo pipefail
package=$1 base=$2 kind=$3
here=tests/machine
logs=$PWD/artifacts/machine/$kind
rm -rf "$logs" && mkdir -p "$logs"
# On a disk: systemd keeps no key of a machine that is gone with its memory.
work=$logs/machine
machine=$work/root
mkdir "$work"
nspawn=
end() {
  [ -z "$nspawn" ] || { kill -KILL "$nspawn"; wait "$nspawn"; } 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
carried=$machine/root/carried
key=0x9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07
# Mainnet's epoch some while ago: the last that the imported history has.
first=$((($(date +%s) - 1606824023) / 384 - 40)) number=0
data=/var/lib/remote-signer

say() { printf '  %6.1f s  %s\n' "$(seconds)" "$1"; since=$EPOCHREALTIME; }
seconds() { awk -v a="$since" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'; }
fail() {
  echo "machine $kind: error: $*" >&2
  journal=$(inside journalctl --no-pager -o cat -n 15 -u remote-signer 2>&1 | cut -c1-200 || true)
  printf '%s\n' "$journal" | tee "$logs/journal" >&2
  exit 1
}
# A shell of root's on the machine.
enter() {
  printf '%s\n' nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wd -- env -i PATH=/usr/sbin:/usr/bin TERM=dumb HOME=/root LANG=C.UTF-8
}
inside() { mapfile -t way < <(enter); "${way[@]}" DEBIAN_FRONTEND=noninteractive "$@"; }

# vote NUMBER BYTE [SLOT]: asks for the vote for that epoch after the imported history, whose roots are of that byte; prints the status.
vote() {
  local root source=$((first + $1 - 1)) target=$((first + $1)) slot
  slot=$((target * 32 + ${3:-1}))
  root=0x$(printf "$2%.0s" {1..32})
  curl --silent --max-time 30 --output "$logs/answer" --write-out '%{http_code}' --resolve signer.example:9000:203.0.113.1 --cacert "$work/ca.crt" \
    --cert "$carried/validator-1.crt" --key "$carried/validator-1.key" -H 'Content-Type: application/json' \
    "https://signer.example:9000/api/v1/eth2/sign/$key" --data @- <<JSON || true
{"type":"ATTESTATION","fork_info":{"fork":{"previous_version":"0x05000000","current_version":"0x06000000","epoch":"411392"},
"genesis_validators_root":"0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"},
"attestation":{"slot":"$slot","index":"0","beacon_block_root":"$root","source":{"epoch":"$source","root":"$root"},"target":{"epoch":"$target","root":"$root"}}}
JSON
}
# A new vote is signed, the last one of before is not signed again in another form: by neither another root nor another slot.
signs_on() {
  local status
  [ $number -eq 0 ] || refuses $number 22
  [ $number -eq 0 ] || refuses $number 11 0
  number=$((number + 1))
  status=$(vote $number 11)
  [ "$status" = 200 ] && grep -q '0x[0-9a-f]\{192\}' "$logs/answer" || fail "$1: vote $number is answered $status: $(cat "$logs/answer")"
  refuses $number 22
  say "$1: signed, and refused another vote for each target"
}
refuses() { local status; status=$(vote "$@"); [ "$status" = 412 ] || fail "vote $* is answered $status, not refused: $(cat "$logs/answer")"; }
# What the unit said since its last start.
said() { inside bash -c 'journalctl --no-pager -o cat _SYSTEMD_INVOCATION_ID="$(systemctl show -P InvocationID remote-signer)"'; }
invocation() { inside systemctl show -P InvocationID remote-signer; }
# restarted BEFORE WHEN: another start than that one.
restarted() {
  for _ in {1..200}; do [ "$(invocation)" = "$1" ] || return 0; sleep 0.1; done
  fail "$2: it is not started again"
}
# says WORDS WHEN: it says that, at the latest in ten seconds: a reload and the journal take their time.
says() {
  for _ in {1..100}; do said | grep "$1" >/dev/null && return; sleep 0.1; done
  fail "$2: '$1' is not in what it says: $(said | tail -3)"
}
ready() { inside timeout 60 bash -c 'until systemctl --quiet is-active remote-signer; do sleep 0.1; done' || fail "the unit does not become active: $1"; }

echo "machine $kind:"
began=$EPOCHREALTIME since=$EPOCHREALTIME
mkdir "$machine"
tar --extract --file "$base" --directory "$machine"
cp "$package" "$machine/root/remote-signer.deb"
mkdir -p "$carried"
python3 $here/keystore.py "$machine/root/import" "$first"
python3 $here/recipe.py firmware-config/README.md "$kind" > "$machine/root/recipe.sh"
echo signing-machine > "$machine/etc/hostname"
if [ "$kind" = tpm ]; then
  # The hardware: a software TPM behind a character device, which is a pseudo terminal. udev would give it to the group tss.
  cp $here/tpm.service $here/tpm-device.service "$machine/etc/systemd/system/"
  ln -s ../tpm-device.service "$machine/etc/systemd/system/multi-user.target.wants/"
fi
say "Debian unpacked"

ip link set lo up
mount -t tmpfs -o mode=0755 none /run
systemd-nspawn --quiet --directory="$machine" --boot --machine=signer --register=no --keep-unit --network-veth --console=pipe \
  --capability=CAP_IPC_LOCK --system-call-filter=memfd_secret >"$logs/console" 2>&1 </dev/null &
nspawn=$!
for _ in {1..100}; do
  leader=$(pgrep --parent $nspawn | head -1) && [ -n "$leader" ] && inside systemctl is-system-running >/dev/null 2>&1 && break
  inside systemctl is-system-running 2>/dev/null | grep -q degraded && break
  sleep 0.1
done
state=$(inside systemctl is-system-running) || true
[ "$state" = running ] || [ "$state" = degraded ] || fail "the machine does not boot: $state"
ip address add 203.0.113.10/24 dev ve-signer
ip link set ve-signer up
inside ip address add 203.0.113.1/24 dev host0
inside ip link set host0 up
say "booted: systemd says $state"

mapfile -t way < <(enter)
python3 $here/person.py "$logs/recipe" "${way[@]}" bash -c 'cd /root && exec bash recipe.sh' || { tail -20 "$logs/recipe" >&2; fail "the recipe does not work as it stands"; }
since=$EPOCHREALTIME
cp "$machine$data/tls/ca.crt" "$work/ca.crt"
signs_on "the recipe's unit, over mutual TLS"
printf '  %6.1f s  in all, from nothing to a signature\n' "$(since=$began seconds)"
. $here/lifecycle.sh
. $here/drop-ins.sh
[ "$kind" != softhsm2 ] || . $here/connect.sh
