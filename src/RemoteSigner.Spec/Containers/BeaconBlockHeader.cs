namespace RemoteSigner.Spec;

/// <summary>A block without its body (consensus-specs <c>BeaconBlockHeader</c>); its hash tree root is the block's own.</summary>
public sealed record BeaconBlockHeader(Slot Slot, ulong ProposerIndex, Root ParentRoot, Root StateRoot, Root BodyRoot)
{
    public Root HashTreeRoot() =>
        SszHasher.Container(SszHasher.Number(Slot.Value), SszHasher.Number(ProposerIndex), ParentRoot, StateRoot, BodyRoot);
}
