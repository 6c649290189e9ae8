using System.Collections.Immutable;

namespace RemoteSigner.Consensus.Spec;

/// <summary>
/// A vote with the bits of those who cast it (consensus-specs <c>Attestation</c>). <paramref name="AggregationBits"/> is a Bitlist in SSZ
/// bytes; <paramref name="CommitteeBits"/>, a Bitvector with one bit a committee, is there from Electra on (EIP-7549).
/// </summary>
public sealed record SignedAggregate(
    ImmutableArray<byte> AggregationBits,
    AttestationData Vote,
    BlsSignature Signature,
    ImmutableArray<byte>? CommitteeBits)
{
    /// <exception cref="SpecException">The bits do not fit the schema of <paramref name="fork"/>, or that schema is not known here.</exception>
    public Root HashTreeRoot(Fork fork, Preset preset) => (fork, CommitteeBits) switch
    {
        (>= Fork.Gloas, _) => throw new SpecException($"Aggregates of {fork} (EIP-7688) are not supported."),
        (>= Fork.Electra, { } committeeBits) => SszHasher.Container(
            SszHasher.Bitlist(AggregationBits.AsSpan(), preset.MaxValidatorsPerSlot),
            Vote.HashTreeRoot(),
            SszHasher.Bytes(Signature.Bytes),
            SszHasher.Bitvector(committeeBits.AsSpan(), preset.MaxCommitteesPerSlot)),
        (>= Fork.Electra, null) => throw new SpecException($"An aggregate of {fork} needs committee_bits."),
        (_, null) => SszHasher.Container(
            SszHasher.Bitlist(AggregationBits.AsSpan(), Preset.MaxValidatorsPerCommittee),
            Vote.HashTreeRoot(),
            SszHasher.Bytes(Signature.Bytes)),
        (_, _) => throw new SpecException($"An aggregate of {fork} has no committee_bits: does the configured network's fork schedule fit the client's?"),
    };
}
