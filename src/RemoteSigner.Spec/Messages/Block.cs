namespace RemoteSigner.Spec;

/// <summary>
/// The duties BLOCK and BLOCK_V2: one proposal. From Bellatrix on the client sends only the body's root, before that the whole body.
/// </summary>
public sealed record Block(Slot Slot, ulong ProposerIndex, Root ParentRoot, Root StateRoot, BlockBody Body, ForkInfo ForkInfo)
    : SignableMessage
{
    public override DutyType Type => DutyType.Block;

    public override SlashableContent Slashable => new SlashableContent.Block(Slot);

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    // A whole body of another fork would be signed without what the request shows beside it.
    internal override string? ProblemIn(Fork fork) =>
        Body is BlockBody.Full full && fork != full.Fork ? $"the block's body is one of {full.Fork.Name()}" : null;

    public override Root HashTreeRoot(Network network) =>
        new BeaconBlockHeader(Slot, ProposerIndex, ParentRoot, StateRoot, Body.HashTreeRoot(network.Preset)).HashTreeRoot();

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.BeaconProposer, network.EpochOf(Slot));
}
