# The test projects, for the scripts beside this one.
unit_projects=(RemoteSigner.Tests)

# The rooms that unit.sh knows by name.
rooms() {
  find tests -maxdepth 1 -name 'RemoteSigner.*.Tests' -printf '%f\n' | sed 's/^RemoteSigner\.\(.*\)\.Tests$/\1/'
  find tests/RemoteSigner.Tests -mindepth 1 -maxdepth 1 -type d ! -name bin ! -name obj -printf '%f\n'
}
