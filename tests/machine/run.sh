#!/usr/bin/env bash
# run.sh PACKAGE.deb [softhsm2|tpm|opencryptoki|container …]: follows firmware-config/README.md in a Debian that boots under systemd, until its unit
# signs over mutual TLS, and then upgrades, removes, installs again and purges. The machine is a container without network but a wire to here; here is a network namespace of our own. Prints seconds.
# "container" does what the Dockerfile does.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=$(realpath "$1"); shift
export LC_ALL=C.UTF-8

# What Debian 12 (or DEBIAN=trixie) has that the recipe asks for: there is no network in the machine. The last ones stand for hardware.
packages=systemd,systemd-sysv,dbus,apt,procps,ca-certificates,libssl3,nftables,systemd-timesyncd,iproute2,softhsm2,tpm-udev,opencryptoki,swtpm,socat
suite=${DEBIAN:-bookworm}
[ "$suite" = bookworm ] || packages=${packages/libssl3/libssl3t64}
base=artifacts/machine/$suite-$(sha256sum <<<"$packages" | cut -c1-8).tar
[ "$(id -u)" -eq 0 ] || { echo "machine: error: to boot a machine wants root" >&2; exit 1; }
if [ ! -e "$base" ]; then
  began=$SECONDS
  mkdir -p artifacts/machine
  mmdebstrap --quiet --mode=root --format=tar --variant=essential --include="$packages" "$suite" "$base.new" \
    >artifacts/machine/debian.log 2>&1 || { tail -5 artifacts/machine/debian.log >&2; exit 1; }
  mv "$base.new" "$base"
  echo "machine: Debian $suite made in $((SECONDS - began)) s"
fi
lintian --allow-root --fail-on error "$package" >artifacts/machine/lintian 2>&1 || { cat artifacts/machine/lintian >&2; exit 1; }
[ $# -gt 0 ] || set -- softhsm2 tpm opencryptoki container
for kind; do
  machine=(tests/machine/one.sh "$package" "$base" "$kind")
  [ "$kind" != container ] || machine=(tests/machine/container.sh "$base")
  unshare --mount --net --pid --fork --kill-child --mount-proc "${machine[@]}"
done
