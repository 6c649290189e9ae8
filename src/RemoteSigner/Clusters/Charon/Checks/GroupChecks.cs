using RemoteSigner.Native;
using RemoteSigner.Spec;
using static RemoteSigner.Clusters.CheckVerdict;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Checks of what the groups signed together while their keys were made.</summary>
internal static class GroupChecks
{
    public static CheckVerdict BuilderRegistrations(ClusterLock cluster)
    {
        if (!cluster.Definition.Version.HasRegistrations)
        {
            return new NotApplicable($"{cluster.Definition.Version} has no builder registrations");
        }

        var network = ClusterChain.GenesisOf(cluster.Definition.ForkVersion);
        for (var i = 0; i < cluster.Validators.Length; i++)
        {
            if (RegistrationProblem(cluster, i, network) is { } problem)
            {
                return new Failed($"the builder registration of {CheckText.Validator(i)} {problem}", CheckText.Restore);
            }
        }

        return new Passed($"{cluster.Validators.Length} registrations to the definition's fee recipients");
    }

    public static CheckVerdict Deposits(ClusterLock cluster)
    {
        if (cluster.Validators.All(validator => validator.Deposits.IsEmpty))
        {
            return new NotApplicable("the lock has no deposits");
        }

        var network = ClusterChain.GenesisOf(cluster.Definition.ForkVersion);
        for (var i = 0; i < cluster.Validators.Length; i++)
        {
            if ((AmountProblem(cluster.Definition, cluster.Validators[i]) ?? DepositProblem(cluster, i, network)) is { } problem)
            {
                return new Failed($"the deposits of {CheckText.Validator(i)} {problem}", CheckText.Restore);
            }
        }

        return new Passed(
            $"{cluster.Validators.Sum(validator => validator.Deposits.Length)} deposits to the definition's withdrawal addresses"
        );
    }

    private static string? RegistrationProblem(ClusterLock cluster, int position, Network network)
    {
        var validator = cluster.Validators[position];
        if (validator.Registration is not { } registration || registration.Message.PublicKey != validator.GroupKey)
        {
            return "is for another key";
        }

        if (!Is(cluster.Definition.AddressesOf(position).FeeRecipient, registration.Message.FeeRecipient.Bytes))
        {
            return $"is for fee recipient {registration.Message.FeeRecipient}, not the definition's";
        }

        return Bls.Verify(validator.GroupKey.Bytes, registration.Message.SigningRoot(network).Bytes, registration.Signature.Bytes)
            ? null
            : "is not signed by its group";
    }

    private static string? AmountProblem(ClusterDefinition definition, ClusterValidator validator)
    {
        var amounts = validator.Deposits.Select(deposit => deposit.Amount).ToList();
        if (!definition.Version.HasDepositAmounts)
        {
            return amounts is [LockedDeposits.Whole] ? null : "are not one of 32 ETH";
        }

        if (amounts.Count == 0)
        {
            return "are missing, while other validators have theirs";
        }

        if (amounts.Distinct().Count() != amounts.Count)
        {
            return "have the same amount twice";
        }

        return definition.DepositAmounts.IsEmpty || definition.DepositAmounts.ToHashSet().SetEquals(amounts)
            ? null
            : "are not of the definition's deposit_amounts";
    }

    private static string? DepositProblem(ClusterLock cluster, int position, Network network)
    {
        var validator = cluster.Validators[position];
        foreach (var deposit in validator.Deposits)
        {
            if (deposit.PublicKey != validator.GroupKey)
            {
                return $"have one for another key, {deposit.PublicKey}";
            }

            if (LockedDeposits.CredentialsOf(cluster.Definition, position) != deposit.WithdrawalCredentials)
            {
                return $"have one with withdrawal credentials {deposit.WithdrawalCredentials}, not the definition's";
            }

            var message = new Deposit(deposit.PublicKey, deposit.WithdrawalCredentials, deposit.Amount, cluster.Definition.ForkVersion);
            if (!Bls.Verify(deposit.PublicKey.Bytes, message.SigningRoot(network).Bytes, deposit.Signature.Bytes))
            {
                return $"have one of {deposit.Amount} Gwei that its group did not sign as it stands";
            }
        }

        return null;
    }

    private static bool Is(string address, ReadOnlySpan<byte> bytes) =>
        ExecutionAddress.TryParse(address, out var expected) && expected.Bytes.SequenceEqual(bytes);
}
