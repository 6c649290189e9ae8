#!/usr/bin/env bash
# vectors.sh: fetches the test vectors of others into artifacts/vectors and checks every file against tests/vectors/fetched.sha256.
# VECTORS_MIRROR=FOLDER OR URL has the same archives under their last names, where github.com cannot be reached.
set -euo pipefail
cd "$(dirname "$0")/.."
sums=$PWD/tests/vectors/fetched.sha256
folder=artifacts/vectors
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() {  # NAME URL
  local url=$2
  [ -z "${VECTORS_MIRROR:-}" ] || url=$VECTORS_MIRROR/$(basename "$2")
  [ "${url#/}" = "$url" ] || url=file://$url
  echo "vectors: $1 from $url"
  mkdir -p "$work/$1"
  curl --fail --silent --show-error --location --retry 2 --max-time 120 "$url" | tar -xz -C "$work/$1" || {
    echo "vectors.sh: error: $1 could not be fetched" >&2
    echo "vectors.sh: hint: without it its tests are skipped by name; put the files under $folder, or name a folder with VECTORS" >&2
    exit 1
  }
}

place() { mkdir -p "$work/out/$2" && find "$work/$1" -path "*/$3" -name '*.json' -exec cp {} "$work/out/$2/" \; ; }

fetch interchange https://github.com/eth-clients/slashing-protection-interchange-tests/archive/refs/tags/v5.3.0.tar.gz
fetch bls https://github.com/ethereum/bls12-381-tests/releases/download/v0.1.2/bls_tests_json.tar.gz
fetch eip2335 https://github.com/ethereum/staking-deposit-cli/archive/refs/tags/v2.8.0.tar.gz
place interchange eip3076-interchange 'tests/generated/*'
place bls bls12-381/batch_verify 'batch_verify/*'
place eip2335 eip2335/keystore_test_vectors 'keystore_test_vectors/*'
(cd "$work/out" && sha256sum --check --strict --quiet "$sums") || {
  echo "vectors.sh: error: the files are not those that the tests were written for" >&2; exit 1; }
mkdir -p artifacts && rm -rf "$folder" && cp -r "$work/out" "$folder"
echo "vectors: $(wc -l <"$sums") files in $folder"
