# Part of one.sh: the unit starts with each drop-in, and signs with it where the token is there.
drop_ins=/usr/share/remote-signer/remote-signer.service.d
mine=/etc/systemd/system/remote-signer.service.d

# with NAME [SED-SCRIPT]: the drop-in beside the one that is there, with what its first lines ask for.
with() {
  inside bash -c "sed '${2:-}' $drop_ins/$1.conf.example > $mine/$1.conf && systemctl daemon-reload && systemctl restart remote-signer" || fail "$1.conf: the unit does not start with it"
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
  inside systemctl daemon-reload
else
  # The device is taken away: the program says so itself, and systemd has nothing to say.
  inside systemctl stop remote-signer tpm-device
  inside systemctl start --no-block remote-signer
  sleep 2
  said > "$logs/no-device"
  grep -q 'tpmrm0' "$logs/no-device" || fail "without the device: $(cat "$logs/no-device")"
  ! inside systemctl show -P ExecMainStatus remote-signer | grep -q '^2[0-9][0-9]$' || fail "without the device systemd itself gave up: $(inside systemctl show -P ExecMainStatus remote-signer)"
  say "without the device: $(grep tpmrm0 "$logs/no-device" | tail -1 | cut -c1-120)"
fi
