namespace RemoteSigner.Spec;

/// <summary>A block header and its proposer's signature (consensus-specs <c>SignedBeaconBlockHeader</c>).</summary>
public sealed record SignedBlockHeader(BeaconBlockHeader Message, BlsSignature Signature)
{
    public Root HashTreeRoot() => SszHasher.Container(Message.HashTreeRoot(), SszHasher.Bytes(Signature.Bytes));
}
