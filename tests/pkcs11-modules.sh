#!/usr/bin/env bash
# Makes a signer with each PKCS#11 module that Debian has beside SoftHSM2, opens it, looks at its anchor and changes its key; prints a table of modules,
# versions and verdicts. Nothing is installed: libtpm2-pkcs11-1 in the system would hook itself into every program that uses p11-kit, so it is unpacked
# in a folder of its own. openCryptoki wants its daemon, group and folders: 'make machine-test' runs it on a machine of its own.
set -euo pipefail
binary=$(realpath "${REMOTE_SIGNER_BINARY:-artifacts/publish/remote-signer/remote-signer}")
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'kill "$(cat "$work/swtpm.pid" 2>/dev/null)" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
echo 123456 > pin && chmod 600 pin
failed=0

row() { printf '%-16s %-22s %s\n' "$1" "$2" "$3"; }

# verdict NAME VERSION EXPECTED PROFILE MODULE: "works", or the error with which a verb ends.
verdict() {
  local said=works
  {
    "$binary" init --data "$work/$1" --network hoodi --seal "$4" --module "$5" --anchor-on-host --pin-file pin &&
    "$binary" keys list --data "$work/$1" && "$binary" rollback-protection status --data "$work/$1" && "$binary" seal rotate --data "$work/$1"
  } >"$1.log" 2>&1 || said=$(sed -n 's/^remote-signer: error: //p' "$1.log" | head -1)
  row "$1" "$2" "$said"
  [[ "$said" == *"$3"* ]] || failed=1
}

row module version verdict
export SOFTHSM2_CONF=$work/softhsm2.conf
mkdir tokens && printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$work/tokens" > softhsm2.conf
softhsm2-util --init-token --free --label remote-signer --so-pin 87654321 --pin 123456 >/dev/null
verdict softhsm2 "$(dpkg-query -W -f='${Version}' softhsm2)" works softhsm2 /usr/lib/softhsm/libsofthsm2.so

apt-get download -qq libtpm2-pkcs11-1 >/dev/null 2>&1
dpkg -x libtpm2-pkcs11-1_*.deb tpm2
module=$(echo "$work"/tpm2/usr/lib/*/libtpm2_pkcs11.so.*.*.*)
sed 's/"name": "opencryptoki"/"name": "tpm2-pkcs11"/' "$root/hsm-profiles/opencryptoki.json" > tpm2.json
mkdir state store
swtpm socket --tpm2 --tpmstate "dir=$work/state" --server "type=unixio,path=$work/tpm" \
  --ctrl "type=unixio,path=$work/tpm.ctrl" --flags not-need-init,startup-clear --pid "file=$work/swtpm.pid" --daemon
export TPM2_PKCS11_STORE=$work/store TPM2_PKCS11_TCTI=swtpm:path=$work/tpm TSS2_LOG=all+NONE
pkcs11-tool --module "$module" --init-token --label remote-signer --so-pin 87654321 >/dev/null 2>&1
pkcs11-tool --module "$module" --token-label remote-signer --init-pin --so-pin 87654321 --pin 123456 >/dev/null 2>&1
# Two keys at once are more than swtpm has places for without a resource manager between.
verdict tpm2-pkcs11 "$(dpkg-deb -f libtpm2-pkcs11-1_*.deb Version)" "cannot make a key pair" "$work/tpm2.json" "$module"

softokn=$(echo /usr/lib/*/libsoftokn3.so)
[ ! -e "$softokn" ] || verdict nss-softokn "$(dpkg-query -W -f='${Version}' libnss3)" "does not initialise: CKR_ARGUMENTS_BAD" softhsm2 "$softokn"
row openCryptoki "" "see 'make machine-test'"
exit $failed
