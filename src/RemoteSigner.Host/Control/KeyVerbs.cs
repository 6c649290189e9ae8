using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Control;

/// <summary>What is in the vault, and what of it waits in vain. Nothing is opened for a list: the vault says so, and proves nothing.</summary>
internal sealed class KeyVerbs(Administrator administrator, Actor actor, SlashingProtection slashing, DataDirectory data)
{
    public async Task<IReadOnlyList<KeyLine>> ListAsync()
    {
        var states = await slashing.GetKeyStatesAsync();
        var shares = Vault.List(data.VaultFile).Shares;

        // Times sort as text.
        var placed = shares.Where(share => share.Membership is not null).Select(share => PushLabels.CeremonyOf(share.Label)).OfType<string>().DefaultIfEmpty("").Max(StringComparer.Ordinal)!;
        return [.. shares.Select(share => new KeyLine(
            share.ShareKey.ToString(),
            share.GroupKey?.ToString(),
            share.Membership?.ShareIndex ?? 0,
            share.Label,
            IntakeText.Code(states.GetValueOrDefault(share.ShareKey, KeyState.HistoryOnly)),
            PlaceOf(share, placed),
            PushLabels.CeremonyOf(share.Label)))];
    }

    /// <summary>Takes those shares of a push out that no document has. How many.</summary>
    public async Task<int> DropAsync(string ceremony)
    {
        var waiting = (await ListAsync()).Where(line => line.Ceremony == ceremony && (line.Place is KeyLine.Waiting or KeyLine.Orphan)).Select(line => BlsPublicKey.Parse(line.PublicKey)).ToList();
        if (waiting.Count == 0)
        {
            throw new VerbException($"no share that waits for a document came with a push of '{ceremony}'", "'remote-signer keys list' shows which do, and the time of their push");
        }

        return (await administrator.ExecuteAsync(new DeleteShares(waiting, KeyEnd.Retired) { OnlyUnplaced = true }, actor)).Count(share => share == DeletedShare.Deleted);
    }

    private static string PlaceOf(VaultListing.Share share, string newestPlaced) =>
        share.Membership is not null ? KeyLine.Placed
        : share.GroupKey is not null || PushLabels.CeremonyOf(share.Label) is not { } ceremony ? KeyLine.Bare
        : string.CompareOrdinal(ceremony, newestPlaced) < 0 ? KeyLine.Orphan
        : KeyLine.Waiting;
}
