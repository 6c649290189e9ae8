using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// What a data directory amounts to: what each key may do and how far its history goes, the vault, the documents that are believed, the
/// files; everything but audit entries and notes. A key that is on its way in signs nothing, and is not counted.
/// </summary>
internal static class WorldView
{
    public static async Task<string> OfAsync(ActWorld world)
    {
        using var vault = await world.OpenNewestVaultAsync();
        List<string> lines =
        [
            .. (await world.Slashing.GetKeyStatesAsync())
                .Where(pair => pair.Value is not (KeyState.Enrolling or KeyState.HistoryOnly))
                .Select(pair => $"key {pair.Key} {pair.Value}")
                .Order(StringComparer.Ordinal),
            .. (await world.Slashing.StatusAsync())
                .Where(status => status.Keys.Any(key => key.State == KeyState.Active))
                .Select(Describe)
                .Order(StringComparer.Ordinal),
            $"high {await world.Slashing.GetHighWatermarkAsync()}",
            $"low watermark {await world.Slashing.GetGlobalLowWatermarkAsync()}",
            $"start {await world.Slashing.GetStartAsync()}",
            $"log begins after {await world.Ledger.ReadAsync(transaction => LedgerEntries.Base(transaction, new byte[32]))}",
            $"vault {vault.Contents.Generation}",
            .. vault.Contents.Slots.Select(slot => $"slot {slot.Type} {slot.Label}").Order(StringComparer.Ordinal),
            .. vault.Contents.Shares.Select(Describe).Order(StringComparer.Ordinal),
            .. world.Believed(vault).Select(hash => $"document {hash}"),
            .. Files(world),
        ];
        return string.Join('\n', lines);
    }

    private static string Describe(ValidatorStatus status) =>
        $"history {string.Join(' ', status.Keys.Where(key => key.State == KeyState.Active).Select(key => key.PublicKey))}"
        + $" {status with { Keys = [] }}";

    private static string Describe(VaultListing.Share share) => $"share {share.ShareKey} {share.GroupKey} {share.Membership} {share.Label}";

    // Approvals and requests beside a slot or a counter are made before it and mean nothing without it.
    private static IEnumerable<string> Files(ActWorld world) =>
        FolderImage
            .Of(world.Folder)
            .Names.Where(name =>
                !name.StartsWith("ledger.", StringComparison.Ordinal)
                && !name.StartsWith("clusters/", StringComparison.Ordinal)
                && name != "vault"
                && !name.EndsWith(".new", StringComparison.Ordinal)
            )
            .Where(name =>
                !name.StartsWith("tpm/", StringComparison.Ordinal) || name.Contains("abababababababab", StringComparison.Ordinal)
            )
            .Select(name => $"file {name} {new FileInfo(world.Place.At(name)).Length}");
}
