#!/usr/bin/env bash
# Builds the Debian package and installs, upgrades, removes and purges it, in a copy-on-write view of this machine. A booted Debian: make machine-test.
set -euo pipefail
cd "$(dirname "$0")/.."

published=artifacts/publish/remote-signer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "package.sh: error: $*" >&2; exit 1; }

firmware-config/make-deb.sh "$published" "$work/deb/one.deb" 1.0 >/dev/null
firmware-config/make-deb.sh "$published" "$work/deb/again.deb" 1.0 >/dev/null
cmp "$work/deb/one.deb" "$work/deb/again.deb" || fail "the same program gave two different packages"
strange=$(dpkg-deb --contents "$work/deb/one.deb" | awk '$2 != "root/root" || $1 ~ /^[-d].......w/ || $1 ~ /s/')
dpkg-deb --contents "$work/deb/one.deb" | grep 'doc/remote-signer/THIRD-PARTY-NOTICES$' >/dev/null || fail "the package lacks the notices"
[ -z "$strange" ] || fail "the package has files that are not root's, writable by others or setuid: $strange"

# A later version of the same.
dpkg-deb --raw-extract "$work/deb/one.deb" "$work/two"
sed -i 's/^Version: .*/Version: 1.1/' "$work/two/DEBIAN/control"
dpkg-deb --build --root-owner-group -Znone "$work/two" "$work/deb/two.deb" >/dev/null

if ! unshare --mount true 2>/dev/null; then
  echo "package: built; installing it wants root and a view of its own of the files"
  exit 0
fi

sed -n 's/^ *signer \(.*\)/\1/p' firmware-config/README.md | grep -v '^()' | while read -r line; do
  verb=${line%% --*}
  grep -o -e '--[a-z-]*' <<<"$line" | sed "s/$/ $verb/"
done > "$work/recipe-options"
[ "$(wc -l < "$work/recipe-options")" -ge 10 ] || fail "the recipe was not understood: $(cat "$work/recipe-options")"

cat > "$work/inside.sh" <<'INSIDE'
set -euo pipefail
fail() { echo "package.sh: error: $*" >&2; exit 1; }
data=/var/lib/remote-signer
export DEBIAN_FRONTEND=noninteractive

# With its pages, which images for containers leave out.
install() { dpkg --path-include='/usr/share/*' --install "$1" >/dev/null 2>&1 || fail "$1 cannot be installed: $(dpkg --install "$1" 2>&1)"; }

install /deb/one.deb
remote-signer --version | grep -q '^[0-9]' || fail "the program does not start"
[ "$(stat -c '%U %a' $data)" = 'remote-signer 700' ] || fail "$data is $(stat -c '%U %a' $data)"
[ ! -e /etc/systemd/system/multi-user.target.wants/remote-signer.service ] || fail "installing enabled the signer"
dpkg --verify remote-signer >/dev/null || fail "files differ from the package's own list"

# Every command that the program has, in the page and in the completion.
page=$(man --pager=cat remote-signer) || fail "there is no man page"
complaints=$(man --pager=cat --warnings remote-signer 2>&1 >/dev/null)
[ -z "$complaints" ] || fail "the man page is not clean: $complaints"
verbs=$(remote-signer --help | sed '1,/^Commands:/d' | awk '{ print $1 }')
[ "$(wc -w <<<"$verbs")" -ge 15 ] || fail "only these commands were found: $verbs"
. /usr/share/bash-completion/completions/remote-signer
completed() { COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=(); _remote_signer remote-signer "${1##* }"; echo "${COMPREPLY[*]:-}"; }
for verb in $verbs; do
  grep -q "^   $verb" <<<"$page" || fail "the man page lacks $verb"
  [ "$(completed "remote-signer $verb")" = "$verb" ] || fail "$verb is completed to '$(completed "remote-signer $verb")'"
done
[ "$(completed 'remote-signer slashing pr')" = prune ] || fail "'slashing pr' is completed to '$(completed 'remote-signer slashing pr')'"
[ "$(completed 'remote-signer keys import --nev')" = --never-signed ] || fail "an option of 'keys import' is not completed"

# The recipe's own commands have the options that they name; what they do is machine-test's.
while read -r option verb; do
  remote-signer $verb --help | grep -q -e "$option\b" || fail "the recipe says '$verb $option', which the program does not know"
done < /deb/recipe-options

echo history > $data/ledger.sqlite
echo 1234 > /etc/remote-signer/pin
systemctl --quiet enable remote-signer
install /deb/two.deb
[ "$(dpkg-query -W -f '${Version}' remote-signer)" = 1.1 ] || fail "the upgrade did not take place"
systemctl --quiet is-enabled remote-signer || fail "the upgrade disabled the signer"
dpkg --remove remote-signer >/dev/null 2>&1
[ ! -e /usr/bin/remote-signer ] && [ ! -e /usr/lib/remote-signer ] || fail "removing left the program"
[ ! -L /etc/systemd/system/multi-user.target.wants/remote-signer.service ] || fail "removing left the signer enabled"
install /deb/two.deb
said=$(dpkg --purge remote-signer 2>&1)
for kept in $data/ledger.sqlite /etc/remote-signer/pin; do
  [ -s $kept ] || fail "purging destroyed $kept"
  grep -q "$(dirname $kept) is kept" <<<"$said" || fail "purging does not say that it kept $(dirname $kept): $said"
done
rm $data/ledger.sqlite /etc/remote-signer/pin
install /deb/two.deb
dpkg --purge remote-signer >/dev/null 2>&1
[ ! -e $data ] && [ ! -e /etc/remote-signer ] || fail "purging left empty folders"
INSIDE

# The machine below, a memory file system above: nothing of this touches the machine.
unshare --mount --pid --fork bash -euo pipefail -c '
  work=$1
  mkdir "$work/over" "$work/root"
  mount -t tmpfs none "$work/over"
  mkdir "$work/over/upper" "$work/over/work"
  mount -t overlay none -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" "$work/root"
  mkdir -p "$work/root/deb"
  cp "$work"/deb/*.deb "$work/inside.sh" "$work/recipe-options" "$work/root/deb"
  for folder in tmp run; do mount -t tmpfs none "$work/root/$folder"; done
  mount -t proc none "$work/root/proc"
  mount --bind /dev "$work/root/dev"
  chroot "$work/root" bash /deb/inside.sh' _ "$work" || fail "the package does not hold what is said of it"
echo "package: installs, upgrades, is removed and purged; keys and history stay"
