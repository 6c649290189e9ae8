namespace RemoteSigner.Spec;

/// <summary>The duty SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF (consensus-specs <c>ContributionAndProof</c>).</summary>
public sealed record SyncCommitteeContributionAndProof(
    ulong AggregatorIndex,
    SyncCommitteeContribution Contribution,
    BlsSignature SelectionProof,
    ForkInfo ForkInfo
) : SignableMessage
{
    /// <summary>The message that <see cref="SelectionProof"/> is a signature of.</summary>
    public SyncCommitteeSelectionProof Selection => new(Contribution.Slot, Contribution.SubcommitteeIndex, ForkInfo);

    public override DutyType Type => DutyType.SyncCommitteeContributionAndProof;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Contribution.Slot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(
            SszHasher.Number(AggregatorIndex),
            Contribution.HashTreeRoot(network.Preset),
            SszHasher.Bytes(SelectionProof.Bytes)
        );

    internal override Domain GetDomain(Network network) =>
        ForkInfo.GetDomain(DomainType.ContributionAndProof, network.EpochOf(Contribution.Slot));
}
