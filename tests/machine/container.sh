#!/usr/bin/env bash
# container.sh BASE.tar: what the Dockerfile does, without an engine: its own command makes the program from the filtered context, in a view of this
# machine without the test tools, and the program runs as the image has it: nobody's user, no capability, nothing writable but the volume. In
# namespaces of its own.
set -euo pipefail
base=$1
work=$(mktemp -d)
since=$EPOCHREALTIME
seconds() { awk -v a="$since" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'; }
say() { printf '  %6.1f s  %s\n' "$(seconds)" "$1"; since=$EPOCHREALTIME; }
fail() { echo "machine container: error: $*" >&2; exit 1; }

echo "machine container:"
mount -t tmpfs none "$work"
mkdir "$work"/{over,over/upper,over/work,build,image,state}
mount -t overlay none -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" "$work/build"
rm -rf "$work"/build/usr/bin/{swtpm*,softhsm2-util,z3,valgrind,gdb,strace,faketime,tpm2*} "$work"/build/usr/lib/softhsm "$work/build$PWD"
mkdir "$work/build/source"
make=$(python3 tests/container.py "$work/build/source") || fail "the context does not hold what the build wants"
mount -t tmpfs none "$work/build/tmp"
mount -t proc none "$work/build/proc"
mount --rbind /dev "$work/build/dev"
chroot "$work/build" bash -c "cd /source && $make" >artifacts/machine/container.log 2>&1 || fail "$make: $(tail -5 artifacts/machine/container.log)"
say "$make"

# The second stage on Debian's libraries: the image's are not to be had here.
json() { python3 -c 'import json, re, sys; print(*json.loads(re.search(rf"^{sys.argv[1]} (.*)$", open("Dockerfile").read(), re.MULTILINE)[1]))' "$1"; }
tar --extract --file "$base" --directory "$work/image"
mkdir -p "$work/image/usr/lib/remote-signer" "$work/image/var/lib/remote-signer"
cp -r "$work/build/published/." "$work/image/usr/lib/remote-signer/"
mkdir "$work/state/tokens"
echo 'directories.tokendir = /var/lib/remote-signer/tokens' > "$work/state/softhsm2.conf"
echo 123456 > "$work/state/pin"
chown -R 1654:1654 "$work/state" && chmod 0700 "$work/state"
mount --bind "$work/image" "$work/image"
mount -o remount,ro,bind "$work/image"
mount --bind "$work/state" "$work/image/var/lib/remote-signer"
mount -t proc none "$work/image/proc"
mount --bind /dev "$work/image/dev"
image() {
  chroot "$work/image" setpriv --reuid 1654 --regid 1654 --clear-groups --no-new-privs --bounding-set -all \
    env -i PATH=/usr/bin SOFTHSM2_CONF=/var/lib/remote-signer/softhsm2.conf $environment \
    env --chdir=/var/lib/remote-signer "$@"
}
# As far as this machine lets us.
ulimit -l 65536 2>/dev/null || true
ulimit -c 0
entry=$(json ENTRYPOINT) command=$(json CMD) environment=$(sed -n 's/^ENV //p' Dockerfile)
image softhsm2-util --init-token --free --label remote-signer --pin 123456 --so-pin 123456 >/dev/null 2>&1 || fail "no token"
image $entry init --data /var/lib/remote-signer --network mainnet --seal softhsm2 --anchor-on-host --pin-file /var/lib/remote-signer/pin --client validator-1 \
  >artifacts/machine/image.log 2>&1 || fail "init: $(tail -3 artifacts/machine/image.log)"
ip link set lo up
image $entry $command >artifacts/machine/image.log 2>&1 &
for _ in {1..100}; do curl --silent --fail http://127.0.0.1:9001/healthcheck >/dev/null && break; sleep 0.1; done
state=$work/state
curl --silent --fail --cacert "$state/tls/ca.crt" --cert "$state/clients/validator-1.crt" --key "$state/clients/validator-1.key" \
  https://localhost:9000/upcheck | grep -q OK || fail "it does not answer: $(tail -5 artifacts/machine/image.log)"
! image touch /usr/lib/remote-signer/new 2>/dev/null || fail "the image's root is writable"
signer=$(pgrep --full --newest "^$entry $command")
kill "$signer" && wait $! || fail "it does not end well: $(tail -3 artifacts/machine/image.log)"
grep -q 'stopped in an orderly way' artifacts/machine/image.log || fail "the stop did not close the fence: $(tail -3 artifacts/machine/image.log)"
say "runs read-only as user 1654 without capabilities, answers over mutual TLS and on 9001, closes the fence"
