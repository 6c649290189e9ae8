using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>The entries about keys that begin to sign and those that are parked for them, and what is kept of the parked ones.</summary>
internal static class KeyEvidence
{
    public static long Write(Proceeding proceeding, LedgerTransaction transaction, KeyTurnover turnover, DateTimeOffset? until = null, string? detail = null)
    {
        var last = 0L;
        if (turnover.Parked.Count > 0)
        {
            NoteParked(proceeding, transaction, turnover, until);
            last = proceeding.Append(transaction, "key.park", entry => entry with
            {
                Keys = turnover.Parked,
                Detail = $"other shares of their validators took their place; until {(until is { } end ? $"{end:u}, or " : "")}'cluster commit' or 'cluster revert'",
            });
        }

        return turnover.Activated.Count == 0 ? last : proceeding.Append(transaction, "key.active", entry => entry with { Keys = turnover.Activated, Detail = detail });
    }

    private static void NoteParked(Proceeding proceeding, LedgerTransaction transaction, KeyTurnover turnover, DateTimeOffset? until)
    {
        var held = proceeding.Vault.Contents.Shares.ToDictionary(share => share.ShareKey);
        var successors = Held(turnover.Activated).Where(share => share.GroupKey is not null).ToLookup(share => share.GroupKey!.Value, share => share.Membership?.ClusterHash);
        foreach (var set in Held(turnover.Parked).GroupBy(share => share.Membership?.ClusterHash))
        {
            ParkedSets.Put(transaction, new ParkedSet(set.Key, proceeding.Clock.Moment, until, set.SelectMany(share => share.GroupKey is { } group ? successors[group] : []).FirstOrDefault()));
        }

        IEnumerable<VaultListing.Share> Held(IEnumerable<BlsPublicKey> keys) => keys.Select(key => held.GetValueOrDefault(key)).OfType<VaultListing.Share>();
    }
}
