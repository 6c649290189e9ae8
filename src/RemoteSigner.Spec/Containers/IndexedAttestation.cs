using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>A vote and the validators behind it (consensus-specs <c>IndexedAttestation</c> before Electra: at most 2048).</summary>
public sealed record IndexedAttestation(ImmutableArray<ulong> AttestingIndices, AttestationData Vote, BlsSignature Signature)
{
    public Root HashTreeRoot() =>
        SszHasher.Container(
            SszHasher.NumberList(AttestingIndices.AsSpan(), Preset.MaxValidatorsPerCommittee),
            Vote.HashTreeRoot(),
            SszHasher.Bytes(Signature.Bytes)
        );
}
