#!/usr/bin/env bash
# release.sh [FOLDER]: all files of a release, built from a fresh clone of this commit, in artifacts/release/ or another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(realpath -m "${1:-artifacts/release}")
fail() { echo "release.sh: error: $1" >&2; echo "release.sh: hint: $2" >&2; exit 1; }

[ -z "${1:-}" ] || [ -z "$(ls -A "$folder" 2>/dev/null)" ] || fail "$folder is not empty" "name a new folder, or empty it"
dirty=$(git status --porcelain)
[ -z "$dirty" ] || fail "the tree has uncommitted changes: $(head -3 <<<"$dirty" | tr '\n' ' ')" \
  "commit, stash or remove them; a release is built from a commit"
version=$(tests/version.sh)
[[ "$version" == *+* ]] || grep -qF "## [$version]" CHANGELOG.md || fail "CHANGELOG.md has no section [$version]" \
  "write it, commit it, and move the tag"
commit=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
umask 022
# CI=true: restore in locked mode, so that no package differs from packages.lock.json.
# No build server, which would keep another build's environment.
export SOURCE_DATE_EPOCH CI=true TZ=UTC LC_ALL=C UseSharedCompilation=false MSBUILDDISABLENODEREUSE=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --no-local . "$work/source"
git -C "$work/source" checkout --quiet --detach "$commit"
cd "$work/source"

published=artifacts/publish/remote-signer
tests/publish.sh "$published" "$version"
tests/third-party.py check
rm -rf "$folder" && mkdir -p "$folder"
name=remote-signer-$version

# The tarball.
top=$work/$name
mkdir "$top"
install -m 0755 "$published/remote-signer" "$top"
install -m 0644 "$published"/*.so LICENSE THIRD-PARTY-NOTICES CHANGELOG.md "$top"
git archive HEAD firmware-config hsm-profiles ':!firmware-config/deb' ':!firmware-config/make-deb.sh' | tar -x -C "$top"
tar --create --directory "$work" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
  --mtime="@$SOURCE_DATE_EPOCH" "$name" | gzip -9n > "$folder/$name-linux-x64.tar.gz"

firmware-config/make-deb.sh "$published" "$folder/remote-signer_${version/-/\~}_amd64.deb"
tests/third-party.py sbom "$published" "$version" > "$folder/$name.cdx.json"

# What a rebuild needs: other versions can give other bytes.
{
  echo "commit $commit"
  echo "version $version"
  echo "dotnet-sdk $(dotnet --version)"
  for tool in clang objcopy cc as ld dpkg-deb tar gzip xz; do
    path=$(realpath "$(command -v $tool)")
    dpkg-query --search "*${path#/usr}" | cut -d: -f1  # Debian knows some paths without /usr
  done | cat - <(printf '%s\n' libc6-dev libssl-dev zlib1g-dev "libgcc-$(cc -dumpversion)-dev") | sort -u \
    | xargs dpkg-query --show --showformat='${Package} ${Version}\n'
} > "$folder/$name.buildinfo"
(cd "$folder" && sha256sum -- remote-signer* > SHA256SUMS && cat SHA256SUMS)
