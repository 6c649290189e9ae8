using RemoteSigner.Keys;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>
/// The low watermarks of shares whose past nobody states: the clock plus the slot window, as if each had proposed in that slot and voted
/// for that epoch, so that whatever another signer with a sound clock may have signed a moment ago lies at or below them.
/// </summary>
internal static class FromNow
{
    /// <exception cref="ImportException">The genesis time is not known.</exception>
    /// <exception cref="AdminException">The clock is in doubt.</exception>
    public static StartingPoint StartingPoint(Proceeding proceeding) =>
        proceeding.NewestPossible() is var (slot, epoch)
            ? new StartingPoint(slot, new Epoch(Math.Max(epoch.Value, 1) - 1), epoch)
            : throw new ImportException([
                new(
                    ImportFault.GenesisUnknown.Code(),
                    "the network",
                    "its genesis time is not known, so it cannot be said from when on the shares may sign",
                    "import them with 'remote-signer cluster import' and their history"
                ),
            ]);
}
