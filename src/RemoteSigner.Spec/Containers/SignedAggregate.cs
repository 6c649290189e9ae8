using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// A vote with the bits of those who cast it (consensus-specs <c>Attestation</c>). <paramref name="AggregationBits"/> is a Bitlist in SSZ
/// bytes; <paramref name="CommitteeBits"/>, a Bitvector with one bit a committee, is there from Electra on (EIP-7549).
/// </summary>
public sealed record SignedAggregate(
    ImmutableArray<byte> AggregationBits,
    AttestationData Vote,
    BlsSignature Signature,
    ImmutableArray<byte>? CommitteeBits
)
{
    /// <exception cref="SpecException">The bits do not fit the schema of <paramref name="fork"/>.</exception>
    public Root HashTreeRoot(Fork fork, Preset preset) =>
        fork >= Fork.Gloas ? GloasRoot(fork, preset)
        : fork >= Fork.Electra ? ElectraRoot(fork, preset)
        : Phase0Root(fork);

    // EIP-7688: the members of Electra in a progressive container, so that the same JSON has another root.
    private Root GloasRoot(Fork fork, Preset preset) =>
        SszHasher.ProgressiveContainer(
            SszHasher.ProgressiveBitlist(AggregationBits.AsSpan(), preset.MaxValidatorsPerSlot),
            Vote.HashTreeRoot(),
            SszHasher.Bytes(Signature.Bytes),
            CommitteeBitsRoot(fork, preset)
        );

    private Root ElectraRoot(Fork fork, Preset preset) =>
        SszHasher.Container(
            SszHasher.Bitlist(AggregationBits.AsSpan(), preset.MaxValidatorsPerSlot),
            Vote.HashTreeRoot(),
            SszHasher.Bytes(Signature.Bytes),
            CommitteeBitsRoot(fork, preset)
        );

    private Root CommitteeBitsRoot(Fork fork, Preset preset) =>
        SszHasher.Bitvector(
            CommitteeBits is { } bits ? bits.AsSpan() : throw new SpecException($"An aggregate of {fork.Name()} needs committee_bits."),
            preset.MaxCommitteesPerSlot
        );

    private Root Phase0Root(Fork fork) =>
        CommitteeBits is null
            ? SszHasher.Container(
                SszHasher.Bitlist(AggregationBits.AsSpan(), Preset.MaxValidatorsPerCommittee),
                Vote.HashTreeRoot(),
                SszHasher.Bytes(Signature.Bytes)
            )
            : throw new SpecException(
                $"An aggregate of {fork.Name()} has no committee_bits: does the configured network's fork schedule fit the client's?"
            );
}
