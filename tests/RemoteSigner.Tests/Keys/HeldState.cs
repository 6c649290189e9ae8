using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

/// <summary>All that can be asked of held shares, so that what was kept can be held against what is read anew.</summary>
internal static class HeldState
{
    public static void AssertSame(HeldShares anew, HeldShares kept, VaultListing vault, IEnumerable<BlsPublicKey>? others = null)
    {
        BlsPublicKey[] keys =
        [
            .. vault
                .Shares.Select(share => share.ShareKey)
                .Concat(vault.Shares.Select(share => share.GroupKey).OfType<BlsPublicKey>())
                .Concat(others ?? [])
                .Concat(anew.Ending)
                .Concat(kept.Ending)
                .Distinct(),
        ];
        Assert.Equal(Describe(anew, keys), Describe(kept, keys));
    }

    private static List<string> Describe(HeldShares held, BlsPublicKey[] keys) =>
        [
            $"missing {held.Missing} awaited {held.Awaited}",
            $"ending {string.Join(' ', held.Ending.Select(key => key.ToString()).Order(StringComparer.Ordinal))}",
            .. keys.Select(key =>
                $"{key} {held.Find(key)} {held.StateOf(key)} {held.FindActive(key) is not null} of "
                + $"{string.Join(' ', held.ActiveOf(key).Select(share => share.ShareKey))}"
            ),
            $"order {string.Join(' ', held.InOrder(keys).Select(share => share.ShareKey))}",
            $"active {string.Join(' ', held.Active.Select(share => share.ShareKey.ToString()).Order(StringComparer.Ordinal))}",
            .. Enum.GetValues<KeyState>()
                .Select(state =>
                    $"{state} {held.CountResting(other => other == state)} "
                    + $"{string.Join(' ', held.Resting(state).Select(share => share.ShareKey))}"
                ),
            $"unknown {held.CountResting(state => state is null)}",
            .. held
                .ActiveClusters.Select(cluster =>
                    $"cluster {cluster} {held.HasMemberOf(cluster)} {string.Join(' ', held.ActiveIndicesOf(cluster).Order())}"
                )
                .Order(StringComparer.Ordinal),
            .. keys.Select(held.Find)
                .OfType<VaultListing.Share>()
                .Select(share => share.Membership?.ClusterHash)
                .OfType<Root>()
                .Distinct()
                .Select(cluster => $"member {cluster} {held.HasMemberOf(cluster)}")
                .Order(StringComparer.Ordinal),
        ];
}
