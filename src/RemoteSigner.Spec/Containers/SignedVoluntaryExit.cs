namespace RemoteSigner.Spec;

/// <summary>A signed exit as a block carries it (consensus-specs <c>SignedVoluntaryExit</c>).</summary>
public sealed record SignedVoluntaryExit(Epoch Epoch, ulong ValidatorIndex, BlsSignature Signature)
{
    public Root HashTreeRoot() =>
        SszHasher.Container(
            SszHasher.Container(SszHasher.Number(Epoch.Value), SszHasher.Number(ValidatorIndex)),
            SszHasher.Bytes(Signature.Bytes)
        );
}
