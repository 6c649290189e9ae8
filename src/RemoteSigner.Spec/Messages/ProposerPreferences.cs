namespace RemoteSigner.Spec;

/// <summary>
/// The duty PROPOSER_PREFERENCES (consensus-specs): where builders pay the proposer of <paramref name="ProposalSlot"/>, and the gas limit
/// that it wants. Signed up to an epoch ahead, also across a fork.
/// </summary>
public sealed record ProposerPreferences(
    Root DependentRoot,
    Slot ProposalSlot,
    ulong ValidatorIndex,
    ExecutionAddress FeeRecipient,
    ulong TargetGasLimit,
    ForkInfo ForkInfo
) : SignableMessage
{
    public override DutyType Type => DutyType.ProposerPreferences;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => ProposalSlot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(
            DependentRoot,
            SszHasher.Number(ProposalSlot.Value),
            SszHasher.Number(ValidatorIndex),
            SszHasher.Bytes(FeeRecipient.Bytes),
            SszHasher.Number(TargetGasLimit)
        );

    internal override Domain GetDomain(Network network) =>
        ForkInfo.GetDomain(DomainType.ProposerPreferences, network.EpochOf(ProposalSlot));
}
