# Part of one.sh: the other unit, which lets a program without certificates on its machine use the signer; here it is the same machine.
for file in crt key; do install -D -m 0600 "$carried/validator-1.$file" "$machine/etc/remote-signer-connect/client.$file"; done
cp "$work/ca.crt" "$machine/etc/remote-signer-connect/ca.crt"
echo '127.0.0.1 signer.example' >> "$machine/etc/hosts"
# What systemctl edit --full leaves.
sed 's|https://signer:9000|https://signer.example:9000|' "$machine/usr/lib/systemd/system/remote-signer-connect.service" \
  > "$machine/etc/systemd/system/remote-signer-connect.service"
inside systemctl daemon-reload
inside systemctl start remote-signer-connect || fail "connect does not start"
for _ in {1..100}; do
  known=$(nsenter --target "$leader" --net curl --silent http://127.0.0.1:9010/api/v1/eth2/publicKeys || true)
  [ -z "$known" ] || break
  sleep 0.1
done
[ "$known" = "[\"$key\"]" ] || fail "through connect: '$known': $(inside journalctl --no-pager -o cat -n 20 -u remote-signer-connect)"
inside systemctl stop remote-signer-connect
say "through the unit of connect, as a user that exists only while it runs"
