using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// A subcommittee's aggregated signatures (consensus-specs <c>SyncCommitteeContribution</c>); the bits are a Bitvector in SSZ bytes.
/// </summary>
public sealed record SyncCommitteeContribution(
    Slot Slot,
    Root BeaconBlockRoot,
    ulong SubcommitteeIndex,
    ImmutableArray<byte> AggregationBits,
    BlsSignature Signature
)
{
    /// <exception cref="SpecException">The bits do not fit the preset's subcommittee.</exception>
    public Root HashTreeRoot(Preset preset) =>
        SszHasher.Container(
            SszHasher.Number(Slot.Value),
            BeaconBlockRoot,
            SszHasher.Number(SubcommitteeIndex),
            SszHasher.Bitvector(AggregationBits.AsSpan(), preset.SyncSubcommitteeSize),
            SszHasher.Bytes(Signature.Bytes)
        );
}
