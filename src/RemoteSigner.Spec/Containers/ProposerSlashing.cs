namespace RemoteSigner.Spec;

/// <summary>Two conflicting signed headers (consensus-specs <c>ProposerSlashing</c>).</summary>
public sealed record ProposerSlashing(SignedBlockHeader SignedHeader1, SignedBlockHeader SignedHeader2)
{
    public Root HashTreeRoot() => SszHasher.Container(SignedHeader1.HashTreeRoot(), SignedHeader2.HashTreeRoot());
}
