namespace RemoteSigner.Spec;

/// <summary>
/// The duty SYNC_COMMITTEE_SELECTION_PROOF: decides whether the validator aggregates for a subcommittee (consensus-specs
/// <c>SyncAggregatorSelectionData</c>).
/// </summary>
public sealed record SyncCommitteeSelectionProof(Slot Slot, ulong SubcommitteeIndex, ForkInfo ForkInfo) : SignableMessage
{
    public override DutyType Type => DutyType.SyncCommitteeSelectionProof;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(SszHasher.Number(Slot.Value), SszHasher.Number(SubcommitteeIndex));

    internal override Domain GetDomain(Network network) =>
        ForkInfo.GetDomain(DomainType.SyncCommitteeSelectionProof, network.EpochOf(Slot));
}
