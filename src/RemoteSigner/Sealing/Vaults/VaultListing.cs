using System.Collections;
using RemoteSigner.Clusters;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

/// <summary>What a vault says of itself without being opened.</summary>
/// <param name="VaultId">16 random bytes.</param>
/// <param name="Generation">Raised by each change.</param>
/// <param name="Slots">The ways in.</param>
/// <param name="Shares">What is in it.</param>
/// <param name="Authenticated">False as long as no key has opened it: anybody who can write the file could have written this.</param>
public sealed record VaultListing(
    Guid VaultId,
    ulong Generation,
    IReadOnlyList<VaultSlot> Slots,
    IReadOnlyList<VaultListing.Share> Shares,
    bool Authenticated
)
{
    /// <summary>How many root keys the vault had before this one.</summary>
    public uint Epoch { get; private init; }

    /// <summary>One share, without its scalar.</summary>
    public sealed record Share(BlsPublicKey ShareKey, BlsPublicKey? GroupKey, ClusterMembership? Membership, string Label);

    internal static VaultListing Of(VaultFile file, bool authenticated) =>
        new(new Guid(file.Id, bigEndian: true), file.Generation, file.Slots, new ListedShares(file.Records), authenticated)
        {
            Epoch = file.Epoch,
        };

    // A look at the records: a listing of a hundred thousand shares costs no list.
    private sealed class ListedShares(VaultRecords records) : IReadOnlyList<Share>
    {
        public int Count => records.Count;

        public Share this[int index] => records[index].Listed;

        public IEnumerator<Share> GetEnumerator() => records.Select(record => record.Listed).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
