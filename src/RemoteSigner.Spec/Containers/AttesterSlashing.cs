namespace RemoteSigner.Spec;

/// <summary>Two conflicting votes (consensus-specs <c>AttesterSlashing</c> before Electra).</summary>
public sealed record AttesterSlashing(IndexedAttestation Attestation1, IndexedAttestation Attestation2)
{
    public Root HashTreeRoot() => SszHasher.Container(Attestation1.HashTreeRoot(), Attestation2.HashTreeRoot());
}
