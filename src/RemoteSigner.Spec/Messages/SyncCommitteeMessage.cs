namespace RemoteSigner.Spec;

/// <summary>The duty SYNC_COMMITTEE_MESSAGE: a sync committee member's signature over the head's block root.</summary>
public sealed record SyncCommitteeMessage(Slot Slot, Root BeaconBlockRoot, ForkInfo ForkInfo) : SignableMessage
{
    public override DutyType Type => DutyType.SyncCommitteeMessage;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) => BeaconBlockRoot;

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.SyncCommittee, network.EpochOf(Slot));
}
