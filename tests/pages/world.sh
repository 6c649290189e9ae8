# The machine on which a page's blocks run, as pages.py makes it: namespaces of its own for network, mounts and processes, and below them
# what the operator's pages take as given. Sourced into the page's bash. $WORLD: a folder for this page alone.

python3 - <<'PYTHON'
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:  # loopback up, without iproute2
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))
PYTHON
mkdir "$WORLD/home" "$WORLD/over"
mount -t tmpfs none "$WORLD/over"
mkdir "$WORLD/over/upper" "$WORLD/over/work"
mount -t overlay none -o "lowerdir=/etc,upperdir=$WORLD/over/upper,workdir=$WORLD/over/work" /etc
mount -t tmpfs none /var/lib
mount -t tmpfs none /run
mkdir -p -m 0700 /etc/remote-signer /var/lib/remote-signer
echo '127.0.0.1 signer.example' >> /etc/hosts
export HOME=$WORLD/home REMOTE_SIGNER_DATA=/var/lib/remote-signer
cd "$HOME"

# A SoftHSM2 token, its PIN, and a signer sealed by it, as firmware-config's recipe makes them.
export SOFTHSM2_CONF=/etc/remote-signer/softhsm2.conf
have_token() {
  echo 'directories.tokendir = /var/lib/remote-signer/tokens' > "$SOFTHSM2_CONF"
  mkdir -p -m 0700 /var/lib/remote-signer/tokens
  softhsm2-util --init-token --free --label remote-signer --so-pin 87654321 --pin 123456 > /dev/null
  (umask 377; printf 123456 > /etc/remote-signer/pin)
}
have_signer() {
  have_token
  signer init --network mainnet --seal softhsm2 --anchor-on-host --pin-file /etc/remote-signer/pin \
    --client validator-1 --host signer.example
}

# The example of EIP-2335, in a folder as the deposit tools make them, with its password beside it.
have_keystores() {
  mkdir -p validator_keys
  cat > validator_keys/keystore.json <<'KEYSTORE'
{"version": 4, "uuid": "64625def-3331-4eea-ab6f-782f3ed16a83", "path": "m/12381/60/0/0", "description": "",
 "pubkey": "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
 "crypto": {
  "kdf": {"function": "pbkdf2", "message": "", "params": {"dklen": 32, "c": 262144, "prf": "hmac-sha256",
   "salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"}},
  "checksum": {"function": "sha256", "params": {}, "message": "8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1"},
  "cipher": {"function": "aes-128-ctr", "params": {"iv": "264daa3f303d7259501c93d997d84fe6"},
   "message": "cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad"}}}
KEYSTORE
  printf 'testpassword🔑' > validator_keys/keystore.txt
}
KEY=0x9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07

# "serve" as in another terminal: in the background, and back once its keys are open, or cannot be opened.
remote-signer() {
  [ "${1:-}" = serve ] || { command remote-signer "$@"; return; }
  command remote-signer "$@" >> "$WORLD/journal" 2>&1 & echo $! > "$WORLD/pid"
  for _ in $(seq 200); do
    case $(curl -s http://127.0.0.1:9001/healthcheck | jq -r '.checks[] | select(.id == "keys-check") | .checks[0].data.state') in
      open | failed) return ;;
    esac
    kill -0 "$(cat "$WORLD/pid")" || return 1
    sleep 0.1
  done
  return 1
}

# Stand-ins for the recipe's shell function, and for the few words of systemd that the pages need.
signer() { remote-signer "$@"; }
systemctl() {
  case "$*" in
    'start remote-signer') remote-signer serve ;;
    'stop remote-signer') kill "$(cat "$WORLD/pid")" && wait "$(cat "$WORLD/pid")" || true ;;
    'kill -s KILL remote-signer') kill -KILL "$(cat "$WORLD/pid")" && wait "$(cat "$WORLD/pid")" || true ;;
    'restart remote-signer') systemctl stop remote-signer && systemctl start remote-signer ;;
    'reload remote-signer') kill -HUP "$(cat "$WORLD/pid")"; sleep 1 ;;
    *) echo "world.sh: error: systemctl $* is not played here" >&2; return 1 ;;
  esac
}

# A vote of mainnet for the first slot of the epoch in which the page began, as a validator client sends it; the argument is the digit of
# its roots.
EPOCH=$((($(date +%s) - 1606824023) / 12 / 32))
vote() {
  local root
  root=0x$(printf "$1%.0s" $(seq 64))
  jq -n --arg root "$root" --argjson epoch $EPOCH '{type: "ATTESTATION",
    fork_info: {fork: {previous_version: "0x05000000", current_version: "0x06000000", epoch: "411392"},
      genesis_validators_root: "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"},
    attestation: {slot: "\($epoch * 32)", index: "0", beacon_block_root: $root,
      source: {epoch: "\($epoch - 1)", root: $root}, target: {epoch: "\($epoch)", root: $root}}}'
}
sign() {
  local of=$REMOTE_SIGNER_DATA
  vote "$1" | curl -s --cacert "$of/tls/ca.crt" --cert "$of/clients/validator-1.crt" --key "$of/clients/validator-1.key" \
    -H 'Content-Type: application/json' -d @- "https://signer.example:9000/api/v1/eth2/sign/$KEY"
}
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
