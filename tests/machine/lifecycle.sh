# Part of one.sh: the package is upgraded, removed, installed again and purged. Keys and history stay, and the fence is closed at each stop.
unit=remote-signer
state() { inside systemctl show -P ActiveState $unit; }
apt() { inside apt-get "$@" >"$logs/apt" 2>&1 || fail "apt-get $*: $(tail -5 "$logs/apt")"; }
stops() { inside journalctl --no-pager -o cat -u $unit | grep -c 'stopped in an orderly way' || true; }
kept() {
  for file in ledger.sqlite vault signer.json; do [ -s "$machine$data/$file" ] || fail "$1: $file is gone: $(ls "$machine$data")"; done
}
closed() {
  says 'the ledger is the one that was stopped' "$1"
  [ "$(stops)" = "$2" ] || fail "$1: $(stops) orderly stops, not $2"
}

inside systemctl reload $unit || fail "it cannot be reloaded"
says ': reload ' "reload"
say "reloaded"

# The later version differs in its number alone.
dpkg-deb --raw-extract "$package" "$work/later"
sed -i 's/^Version: .*/Version: 99.0/' "$work/later/DEBIAN/control"
dpkg-deb --build --root-owner-group -Znone "$work/later" "$machine/root/later.deb" >/dev/null
since=$EPOCHREALTIME
before=$(invocation)
apt install --yes /root/later.deb
restarted "$before" "upgrade"
ready "after the upgrade"
[ "$(inside dpkg-query -W -f '${Version}' remote-signer)" = 99.0 ] || fail "it was not upgraded"
closed "upgrade" 1
signs_on "upgraded while it ran"

apt remove --yes remote-signer
[ "$(state)" = inactive ] || fail "removed, and the unit is $(state)"
[ ! -e "$machine/usr/bin/remote-signer" ] || fail "removed, and the program is there"
kept "remove"
say "removed: stopped, keys and history are there"
apt install --yes /root/remote-signer.deb
[ "$(state)" = inactive ] || fail "installing started it: $(state)"
[ "$(inside systemctl is-enabled $unit || true)" = disabled ] || fail "installing enabled it"
say "installed again: not started"
inside systemctl enable --now $unit 2>/dev/null || fail "it does not start after remove and install"
closed "reinstall" 2
signs_on "started by hand"

apt purge --yes remote-signer
kept "purge"
grep -q "$data is kept" "$logs/apt" || fail "purge does not say what it keeps: $(cat "$logs/apt")"
say "purged: keys and history are there, and it says so"
apt install --yes /root/remote-signer.deb
inside systemctl enable --now $unit 2>/dev/null || fail "it does not start after purge and install"
closed "after purge" 3
signs_on "installed after the purge"
