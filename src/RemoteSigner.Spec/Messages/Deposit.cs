namespace RemoteSigner.Spec;

/// <summary>
/// The duty DEPOSIT (consensus-specs <c>DepositMessage</c>). A deposit is valid on every fork of its network, so its domain takes the
/// genesis fork version from the request. <paramref name="Amount"/> is in Gwei.
/// </summary>
public sealed record Deposit(BlsPublicKey PublicKey, Root WithdrawalCredentials, ulong Amount, ForkVersion GenesisForkVersion)
    : SignableMessage
{
    public override DutyType Type => DutyType.Deposit;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => null;

    public override Slot? DutySlot => null;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(SszHasher.Bytes(PublicKey.Bytes), WithdrawalCredentials, SszHasher.Number(Amount));

    /// <summary><c>hash_tree_root</c> of <c>DepositData</c>, which the deposit contract wants beside message and signature.</summary>
    public static Root DataRoot(BlsPublicKey publicKey, Root withdrawalCredentials, ulong amount, BlsSignature signature) =>
        SszHasher.Container(
            SszHasher.Bytes(publicKey.Bytes),
            withdrawalCredentials,
            SszHasher.Number(amount),
            SszHasher.Bytes(signature.Bytes)
        );

    /// <summary>The same of this deposit, signed.</summary>
    public Root DataRoot(BlsSignature signature) => DataRoot(PublicKey, WithdrawalCredentials, Amount, signature);

    internal override Domain GetDomain(Network network) =>
        Domain.Compute(DomainType.Deposit, GenesisForkVersion, genesisValidatorsRoot: default);
}
