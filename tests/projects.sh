# shellcheck shell=bash disable=SC2034
# The test projects, for the scripts beside this one.
unit_projects=(RemoteSigner.Native.Tests RemoteSigner.Spec.Tests RemoteSigner.Slashing.Tests RemoteSigner.Tests)

# The rooms that unit.sh knows by name.
rooms() {
  {
    find tests -maxdepth 1 -name 'RemoteSigner.*.Tests' -printf '%f\n' | sed 's/^RemoteSigner\.\(.*\)\.Tests$/\1/'
    find tests/RemoteSigner.Tests -mindepth 1 -maxdepth 1 -type d ! -name bin ! -name obj -printf '%f\n'
  } | sort -u
}
