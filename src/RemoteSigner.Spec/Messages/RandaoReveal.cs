namespace RemoteSigner.Spec;

/// <summary>The duty RANDAO_REVEAL: a signed epoch number, the proposer's share of the chain's randomness.</summary>
public sealed record RandaoReveal(Epoch Epoch, ForkInfo ForkInfo) : SignableMessage
{
    public override DutyType Type => DutyType.RandaoReveal;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => null;

    public override Epoch? DutyEpoch => Epoch;

    public override Root HashTreeRoot(Network network) => SszHasher.Number(Epoch.Value);

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.Randao, Epoch);
}
