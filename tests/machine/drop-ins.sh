# Part of one.sh: the unit starts with each drop-in, and signs with it where the token is there.
drop_ins=/usr/share/remote-signer/remote-signer.service.d
mine=/etc/systemd/system/remote-signer.service.d

# More starts in ten minutes than a machine ever makes: the unit would stay down.
forgive() { inside systemctl reset-failed remote-signer; }
# with NAME [SED-SCRIPT]: the drop-in beside the one that is there, with what its first lines ask for.
with() {
  forgive
  inside bash -c "sed '${2:-}' $drop_ins/$1.conf.example > $mine/$1.conf && systemctl daemon-reload && systemctl restart remote-signer" ||
    fail "$1.conf: the unit does not start with it"
  ready "with $1.conf"
  signs_on "with $1.conf"
}
without() { inside rm "$mine/$1.conf"; }

if [ "$kind" = softhsm2 ]; then
  inside groupadd --system hsmusers
  with usb-token; without usb-token
  inside install -d /opt/hsm-client/lib
  with network-hsm 's/198.51.100.0/203.0.113.0/'; without network-hsm
  inside usermod -a -G pkcs11 remote-signer
  with shared-memory-module; without shared-memory-module
  with tpm '/^LoadCredential=$/d'; without tpm

  forgive
  python3 $here/recipe.py firmware-config/README.md bound > "$machine/root/bound.sh"
  inside bash /root/bound.sh >"$logs/bound" 2>&1 || fail "the PIN cannot be bound to the machine as the page says: $(tail -3 "$logs/bound")"
  [ ! -e "$machine/etc/remote-signer/pin" ] || fail "the PIN lies in the clear"
  ready "with the bound PIN"
  signs_on "with the PIN bound to the machine"
elif [ "$kind" = tpm ]; then
  forgive
  # A power cut for the program: it comes back by itself, and what it might have signed and not kept is not signed.
  before=$(invocation)
  inside bash -c 'kill -KILL "$(systemctl show -P MainPID remote-signer)"'
  restarted "$before" "after kill -9"
  ready "after kill -9"
  status=$(vote $((number + 1)) 11)
  [ "$status" = 412 ] && grep -q below_global_low_watermark "$logs/answer" ||
    fail "after kill -9 a vote before the fence is answered $status: $(cat "$logs/answer")"
  say "killed: started again by systemd, votes before the fence are refused"
  # The device is taken away: the program says so itself, and systemd has nothing to say.
  inside systemctl stop remote-signer tpm-device
  before=$(invocation)
  inside systemctl start --no-block remote-signer
  restarted "$before" "without the device"
  says 'cannot open the keys: the TPM device:/dev/tpmrm0' "without the device"
  ! inside systemctl show -P ExecMainStatus remote-signer | grep -q '^2[0-9][0-9]$' ||
    fail "without the device systemd itself gave up: $(inside systemctl show -P ExecMainStatus remote-signer)"
  say "without the device: the program says $(said | grep -o 'cannot open the keys.*' | tail -1 | cut -c1-90)"
fi
