using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// The sync committee's signatures in a block from Altair on (consensus-specs <c>SyncAggregate</c>); the bits are a Bitvector in SSZ bytes.
/// </summary>
public sealed record SyncAggregate(ImmutableArray<byte> SyncCommitteeBits, BlsSignature SyncCommitteeSignature)
{
    /// <exception cref="SpecException">The bits do not fit the preset's sync committee.</exception>
    public Root HashTreeRoot(Preset preset) =>
        SszHasher.Container(
            SszHasher.Bitvector(SyncCommitteeBits.AsSpan(), preset.SyncCommitteeSize),
            SszHasher.Bytes(SyncCommitteeSignature.Bytes)
        );
}
