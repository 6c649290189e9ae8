namespace RemoteSigner.Spec;

/// <summary>
/// The duty DEPOSIT (consensus-specs <c>DepositMessage</c>). A deposit is valid on every fork of its network, so its domain takes the
/// genesis fork version from the request. <paramref name="Amount"/> is in Gwei.
/// </summary>
public sealed record Deposit(BlsPublicKey PublicKey, Root WithdrawalCredentials, ulong Amount, ForkVersion GenesisForkVersion) : SignableMessage
{
    public override DutyType Type => DutyType.Deposit;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => null;

    public override Slot? DutySlot => null;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(SszHasher.Bytes(PublicKey.Bytes), WithdrawalCredentials, SszHasher.Number(Amount));

    internal override Domain GetDomain(Network network) =>
        Domain.Compute(DomainType.Deposit, GenesisForkVersion, genesisValidatorsRoot: default);
}
