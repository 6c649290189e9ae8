namespace RemoteSigner.Spec;

/// <summary>The duty AGGREGATION_SLOT: a signed slot number, which decides whether the validator aggregates in it.</summary>
public sealed record AggregationSlot(Slot Slot, ForkInfo ForkInfo) : SignableMessage
{
    public override DutyType Type => DutyType.AggregationSlot;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) => SszHasher.Number(Slot.Value);

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.SelectionProof, network.EpochOf(Slot));
}
