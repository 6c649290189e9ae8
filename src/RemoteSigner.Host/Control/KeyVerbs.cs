using System.Collections;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What is in the vault, and what of it waits in vain; what comes into it from keystores, and what goes. Nothing is opened for a list: the
/// vault says so, and proves nothing.
/// </summary>
/// <param name="loan">What keystores may take to be opened, of so many MiB that were asked for.</param>
internal sealed class KeyVerbs(
    Administrator administrator,
    Actor actor,
    SlashingProtection slashing,
    DataDirectory data,
    Func<VaultListing> list,
    SecretArena arena,
    Func<int, DerivationLoan> loan
)
{
    public async Task<IReadOnlyList<KeyLine>> ListAsync()
    {
        var states = await slashing.GetKeyStatesAsync();
        var shares = list().Shares;
        var later = shares.Any(share => PlaceOf(share, []) == KeyLine.Waiting)
            ? LatestPushes(
                shares,
                new ClusterListing(data, states, await administrator.ParkedSetsAsync(), await administrator.HandedOutAsync()).Lines
            )
            : [];
        return new Lines(shares, share => new KeyLine(
            share.ShareKey.ToString(),
            share.GroupKey?.ToString(),
            share.Membership?.ShareIndex ?? 0,
            share.Label,
            states.GetValueOrDefault(share.ShareKey, KeyState.HistoryOnly).Code(),
            PlaceOf(share, later),
            PushLabels.CeremonyOf(share.Label)
        ));
    }

    /// <summary>Takes those shares of a push out that no document has. How many.</summary>
    public async Task<int> DropAsync(string ceremony)
    {
        var waiting = (await ListAsync())
            .Where(line => line.Ceremony == ceremony && (line.Place is KeyLine.Waiting or KeyLine.Orphan))
            .Select(line => BlsPublicKey.Parse(line.PublicKey))
            .ToList();
        if (waiting.Count == 0)
        {
            throw new VerbException(
                $"no share that waits for a document came with a push of '{ceremony}'",
                "'remote-signer keys list' shows which do, and the time of their push"
            );
        }

        return (await administrator.ExecuteAsync(new DeleteShares(waiting, KeyEnd.Retired) { OnlyUnplaced = true }, actor)).Count(share =>
            share == DeletedShare.Deleted
        );
    }

    public async Task<KeysImported> ImportAsync(
        IReadOnlyList<IKeystoreSource> keystores,
        Stream? history,
        int memoryMib,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        var imported = await KeystoreImport.DecryptAllAsync(keystores, arena, loan(memoryMib), progress, cancellation);
        try
        {
            var done = await administrator.ExecuteAsync(
                new ImportShares(
                    new ImportRequest(
                        [.. imported.Select(key => new VaultShare(key.PublicKey, null, null, key.Label, key.Secret))],
                        history is null ? DeclaredHistory.NeverSigned : DeclaredHistory.FromHistory
                    )
                    {
                        History = history,
                    }
                ),
                actor,
                cancellation
            );
            return new KeysImported(imported.Count, done.History?.WithoutList ?? 0);
        }
        finally
        {
            foreach (var key in imported)
            {
                key.Dispose();
            }
        }
    }

    public async Task<ImportOutlook> EvaluateImportAsync(IReadOnlyList<OfferedKey> keys, bool neverSigned, Stream? history)
    {
        List<VaultListing.Share> offered =
        [
            .. keys.Select(key => new VaultListing.Share(ReadKey(key.PublicKey), null, null, KeyLabel.Of(key.Label))),
        ];
        return ImportOutlook.Of(
            offered,
            await administrator.EvaluateImportAsync(
                Vault.List(data.VaultFile),
                offered,
                neverSigned ? DeclaredHistory.NeverSigned : DeclaredHistory.FromHistory,
                history
            )
        );
    }

    public async Task DeleteAsync(string key)
    {
        var share = ReadKey(key);
        if ((await administrator.ExecuteAsync(new DeleteShares([share], KeyEnd.Retired), actor))[0] != DeletedShare.Deleted)
        {
            throw new VerbException(
                $"{key} is not a key that may sign here; nothing was changed",
                "'remote-signer keys list' shows what is in the vault, 'remote-signer slashing status' the state of every key"
            );
        }
    }

    // Of each document in force: when it was kept, to the second, and the last push that brought a share of it.
    private static List<(DateTimeOffset Kept, DateTimeOffset Pushed)> LatestPushes(
        IReadOnlyList<VaultListing.Share> shares,
        IEnumerable<HeldClusterLine> lines
    )
    {
        var pushes = shares
            .Where(share => share.Membership is not null)
            .ToLookup(share => share.Membership!.ClusterHash.ToString(), share => PushLabels.TimeOf(share.Label));
        return
        [
            .. lines
                .Where(line => line.State == HeldClusterLine.InForce)
                .Select(line => (line.Since, Pushed: pushes[line.ClusterHash].Max()))
                .Where(one => one is { Since: not null, Pushed: not null })
                .Select(one => (one.Since!.Value, one.Pushed!.Value)),
        ];
    }

    // A document that was here already when the share was pushed is of no ceremony that was held after it. Of one that came within the same
    // second it is not known.
    private static string PlaceOf(VaultListing.Share share, List<(DateTimeOffset Kept, DateTimeOffset Pushed)> later) =>
        share.Membership is not null ? KeyLine.Placed
        : share.GroupKey is not null || PushLabels.TimeOf(share.Label) is not { } pushed ? KeyLine.Bare
        : later.Exists(one => one.Pushed > pushed && one.Kept.ToUnixTimeSeconds() > pushed.ToUnixTimeSeconds()) ? KeyLine.Orphan
        : KeyLine.Waiting;

    private static BlsPublicKey ReadKey(string text) =>
        BlsPublicKey.TryParse(text, out var key)
            ? key
            : throw new VerbException($"'{text}' is not a public key", "48 bytes in hex, as 'remote-signer keys list' shows it");

    // Each is made as it is asked for: a hundred thousand lines take a hundred MiB.
    private sealed class Lines(IReadOnlyList<VaultListing.Share> shares, Func<VaultListing.Share, KeyLine> describe)
        : IReadOnlyList<KeyLine>
    {
        public int Count => shares.Count;

        public KeyLine this[int index] => describe(shares[index]);

        public IEnumerator<KeyLine> GetEnumerator() => shares.Select(describe).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
