namespace RemoteSigner.Spec;

/// <summary>
/// The duty VALIDATOR_REGISTRATION: tells block builders where the fees go (builder-specs <c>ValidatorRegistrationV1</c>). Its domain knows
/// the network's genesis fork version, but no genesis validators root. <paramref name="Timestamp"/> is in Unix seconds.
/// </summary>
public sealed record ValidatorRegistration(ExecutionAddress FeeRecipient, ulong GasLimit, ulong Timestamp, BlsPublicKey PublicKey)
    : SignableMessage
{
    public override DutyType Type => DutyType.ValidatorRegistration;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => null;

    public override Slot? DutySlot => null;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(
            SszHasher.Bytes(FeeRecipient.Bytes),
            SszHasher.Number(GasLimit),
            SszHasher.Number(Timestamp),
            SszHasher.Bytes(PublicKey.Bytes)
        );

    internal override Domain GetDomain(Network network) =>
        Domain.Compute(DomainType.ApplicationBuilder, network.Forks.GenesisVersion, genesisValidatorsRoot: default);
}
