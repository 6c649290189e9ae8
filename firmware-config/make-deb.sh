#!/usr/bin/env bash
# make-deb.sh PUBLISHED FILE.deb [VERSION]: the Debian package of a published program. The same commit and program give the same bytes.
set -euo pipefail
umask 022
published=$(realpath "$1") package=$(realpath -m "$2") version=${3:-}
cd "$(dirname "$0")"

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
# In Debian's order 1.0.0-rc.1 would come behind 1.0.0, and 1.0.0~rc.1 comes before it.
version=${version:-$(../tests/version.sh)}
version=${version/-/\~}
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
doc=$root/usr/share/doc/remote-signer
put() { install -D -m "$1" "$2" "$root/$3"; }

for file in remote-signer libblst.so libe_sqlite3.so; do put 0644 "$published/$file" usr/lib/remote-signer/$file; done
chmod 0755 "$root/usr/lib/remote-signer/remote-signer"
install -d "$root/usr/bin" "$root/etc/remote-signer"
ln -s ../lib/remote-signer/remote-signer "$root/usr/bin/remote-signer"
for unit in remote-signer remote-signer-connect; do put 0644 $unit.service usr/lib/systemd/system/$unit.service; done
put 0644 sysusers.d/remote-signer.conf usr/lib/sysusers.d/remote-signer.conf
put 0644 deb/bash-completion usr/share/bash-completion/completions/remote-signer
put 0644 deb/lintian-overrides usr/share/lintian/overrides/remote-signer
# What a person chooses: nothing of it is in force by being installed.
for file in nftables.conf ./*.yaml.example sysctl.d/* remote-signer.service.d/*; do put 0644 "$file" "usr/share/remote-signer/$file"; done

put 0644 deb/copyright usr/share/doc/remote-signer/copyright
put 0644 ../THIRD-PARTY-NOTICES usr/share/doc/remote-signer/THIRD-PARTY-NOTICES
author='The RemoteSigner authors <maintainers@users.noreply.r-seed-8efffd0e.example>'
printf 'remote-signer (%s) stable; urgency=medium\n\n  * Built from %s.\n\n -- %s  %s\n' \
  "$version" "$(git rev-parse HEAD)" "$author" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n > "$doc/changelog.gz"
install -d "$root/usr/share/man/man1"
python3 deb/manual.py "$published/remote-signer" "$version" "$date" | gzip -9n > "$root/usr/share/man/man1/remote-signer.1.gz"

install -d "$root/DEBIAN" "$work/debian"
touch "$work/debian/control"
libc=$(cd "$work" && dpkg-shlibdeps -O "$published/remote-signer" "$published"/*.so 2>/dev/null | sed 's/^shlibs:Depends=//')
size=$(du -sk --apparent-size "$root" | cut -f1)
sed "s|@VERSION@|$version|; s|@SIZE@|$size|; s|@LIBC@|$libc|" deb/control > "$root/DEBIAN/control"
for script in postinst prerm postrm; do put 0755 deb/$script DEBIAN/$script; done
(cd "$root" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)

find "$root" -print0 | xargs -0 touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
mkdir -p "$(dirname "$package")"
dpkg-deb --build --root-owner-group -Zxz -z1 "$root" "$package" >/dev/null
echo "$package: remote-signer $version, $(du -k "$package" | cut -f1) KiB"
