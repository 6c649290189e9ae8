using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Computes <c>lock_hash</c>: the whole definition, and of every validator its keys and what its group signed.</summary>
internal static class LockHash
{
    private static readonly SignedDeposit _noDeposit = new(default, default, 0, default);

    /// <summary>The same as a message to be signed; of a version whose list of validators has a limit.</summary>
    public static ClusterLockMessage ToMessage(ClusterLock cluster) =>
        new(
            DefinitionHash.Definition(cluster.Definition),
            [.. cluster.Validators.Select(validator => Validator(cluster.Definition.Version, validator))]
        );

    public static Root Compute(ClusterLock cluster)
    {
        var version = cluster.Definition.Version;
        var validators = cluster.Validators;
        return new SszLeaves()
            .Put(DefinitionHash.Definition(cluster.Definition))
            .PutList(validators, version.IsLegacy ? validators.Length : DefinitionJson.MaxValidators, validator =>
                Validator(version, validator)
            )
            .Root;
    }

    private static Root Validator(ClusterVersion version, ClusterValidator validator)
    {
        var leaves = new SszLeaves();
        _ = version.IsLegacy ? leaves.PutText(validator.GroupKey.ToString()) : leaves.PutBytes(validator.GroupKey.Bytes);
        leaves.PutList(validator.PublicShares, version.IsLegacy ? validator.PublicShares.Length : DefinitionJson.MaxOperators, share =>
            SszHasher.Bytes(share.Bytes)
        );
        if (version.HasDepositAmounts)
        {
            leaves.PutList(validator.Deposits, DefinitionJson.MaxDepositAmounts, deposit => Deposit(deposit).Root);
        }
        else if (version.HasDeposits)
        {
            PutSingleDeposit(leaves, version, validator.Deposits.FirstOrDefault(_noDeposit));
        }

        return (validator.Registration is { } registration ? leaves.Put(Registration(registration)) : leaves).Root;
    }

    // v1.6 forgot to close the deposit's container, so that its members are the validator's own; kept, or its locks had another hash.
    private static void PutSingleDeposit(SszLeaves leaves, ClusterVersion version, SignedDeposit deposit)
    {
        if (version.HasRegistrations)
        {
            leaves.Put(Deposit(deposit).Root);
        }
        else
        {
            PutMembers(leaves, deposit);
        }
    }

    private static SszLeaves Deposit(SignedDeposit deposit) => PutMembers(new SszLeaves(), deposit);

    private static SszLeaves PutMembers(SszLeaves leaves, SignedDeposit deposit) =>
        leaves.PutBytes(deposit.PublicKey.Bytes).Put(deposit.WithdrawalCredentials).Put(deposit.Amount).PutBytes(deposit.Signature.Bytes);

    private static Root Registration(SignedRegistration registration) =>
        new SszLeaves()
            .Put(
                new SszLeaves()
                    .PutBytes(registration.Message.FeeRecipient.Bytes)
                    .Put(registration.Message.GasLimit)
                    .Put(registration.Message.Timestamp)
                    .PutBytes(registration.Message.PublicKey.Bytes)
                    .Root
            )
            .PutBytes(registration.Signature.Bytes)
            .Root;
}
