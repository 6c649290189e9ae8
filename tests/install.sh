#!/usr/bin/env bash
# install.sh [machine]: installs the Debian packages that building and testing need and that are not there yet; with "machine" those that boot one, too.
set -euo pipefail

packages=(
  clang lld zlib1g-dev libssl-dev               # the NativeAOT linker and what it links
  softhsm2 opensc p11-kit p11-kit-modules       # a PKCS#11 token, and a way to take it away
  swtpm swtpm-tools tpm2-tools socat            # a TPM, its maker, one behind a device, and a second opinion on what we make of it (tpm2-tools is built on libtss2-esys)
  strace gdb                                    # they stop a signer between two steps, and look into its memory
  faketime                                      # it sets the clock of one process
  z3                                            # the solver behind the proof of slashing protection
  valgrind binutils python3                     # they show that same-root signing is constant time
  shellcheck                                    # it reads the scripts
  curl openssl jq sqlite3 openssh-client        # what people try first; ssh-keygen signs a release
  systemd nftables                              # they judge firmware-config
  dpkg-dev man-db python3-yaml                  # they make the Debian package, read its page, and read the compose example
)
command -v javac >/dev/null || packages+=(default-jdk-headless)   # Teku's TLS
# A Debian to boot, and a judge of packages.
[ "${1:-}" != machine ] || packages+=(mmdebstrap debian-archive-keyring systemd-container iproute2 procps lintian)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
for tool in dotnet npm cc; do
  command -v "$tool" >/dev/null || { echo "install.sh: error: $tool is not there" >&2
    echo "install.sh: hint: install the .NET 10 SDK, Node.js and a C compiler first" >&2; exit 1; }
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
echo "installing ${missing[*]}"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
