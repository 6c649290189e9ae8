namespace RemoteSigner.Spec;

/// <summary>
/// The duty VOLUNTARY_EXIT: a validator leaves, for good. Once the chain is in Deneb it is signed with Capella's fork version for ever,
/// whatever epoch it names (EIP-7044).
/// </summary>
public sealed record VoluntaryExit(Epoch Epoch, ulong ValidatorIndex, ForkInfo ForkInfo) : SignableMessage
{
    public override DutyType Type => DutyType.VoluntaryExit;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => null;

    public override Epoch? DutyEpoch => Epoch;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(SszHasher.Number(Epoch.Value), SszHasher.Number(ValidatorIndex));

    // Without a clock the exit's own epoch has to tell where the chain is.
    internal override Domain GetDomain(Network network) => GetDomain(network, null);

    internal override Domain GetDomain(Network network, Epoch? now) =>
        network.Forks.At(Epoch) >= Fork.Deneb || (now is { } reached && network.Forks.At(reached) >= Fork.Deneb)
            ? Domain.Compute(DomainType.VoluntaryExit, network.Forks.VersionOf(Fork.Capella), ForkInfo.GenesisValidatorsRoot)
            : ForkInfo.GetDomain(DomainType.VoluntaryExit, Epoch);
}
