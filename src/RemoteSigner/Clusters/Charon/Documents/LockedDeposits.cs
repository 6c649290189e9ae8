using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Which deposits a lock foresees for its validators: to their withdrawal addresses, in the amounts that were agreed on.</summary>
internal static class LockedDeposits
{
    /// <summary>In Gwei: the only amount before v1.8.</summary>
    public const ulong Whole = 32_000_000_000;

    /// <summary>In Gwei: the deposit contract takes no less.</summary>
    public const ulong Ether = 1_000_000_000;

    // What Charon makes where the definition names no amounts.
    private static readonly ulong[] _usual = [Ether, Whole];
    private static readonly ulong[] _usualCompounding = [Ether, 8 * Ether, Whole, 256 * Ether];

    /// <summary>
    /// Why the lock does not foresee <paramref name="deposit"/> for the validator at <paramref name="position"/>, or null; amounts from 1
    /// ETH to <paramref name="maxTopUp"/> Gwei need no evaluation.
    /// </summary>
    public static string? Problem(ClusterLock cluster, int position, Deposit deposit, ulong maxTopUp)
    {
        if (deposit.GenesisForkVersion != cluster.Definition.ForkVersion)
        {
            return $"is for genesis fork version {deposit.GenesisForkVersion}, the lock's is {cluster.Definition.ForkVersion}";
        }

        if (CredentialsOf(cluster.Definition, position) != deposit.WithdrawalCredentials)
        {
            return $"has withdrawal credentials {deposit.WithdrawalCredentials}, not those of the lock's withdrawal address";
        }

        var amounts = AmountsOf(cluster, position);
        return amounts.Contains(deposit.Amount) || (deposit.Amount >= Ether && deposit.Amount <= maxTopUp)
            ? null
            : $"is of {deposit.Amount} Gwei, the lock has {string.Join(", ", amounts)}, and deposits.maxTopUpGwei in "
                + $"signer.json allows {(maxTopUp == 0 ? "no other amount" : $"others from {Ether} to at most {maxTopUp} Gwei")}";
    }

    /// <summary>
    /// 0x01 (or 0x02: compounding), eleven zeroes, the withdrawal address of the validator at <paramref name="position"/>; null where the
    /// definition names none.
    /// </summary>
    public static Root? CredentialsOf(ClusterDefinition definition, int position)
    {
        const int AddressAt = Root.Length - ExecutionAddress.Length;
        if (!ExecutionAddress.TryParse(definition.AddressesOf(position).Withdrawal, out var address))
        {
            return null;
        }

        Span<byte> credentials = stackalloc byte[Root.Length];
        credentials.Clear();
        credentials[0] = (byte)(definition.Compounding ? 2 : 1);
        address.Bytes.CopyTo(credentials[AddressAt..]);
        return new Root(credentials);
    }

    private static IReadOnlyList<ulong> AmountsOf(ClusterLock cluster, int position)
    {
        if (!cluster.Definition.Version.HasDepositAmounts)
        {
            return [Whole];
        }

        if (!cluster.Validators[position].Deposits.IsEmpty)
        {
            return [.. cluster.Validators[position].Deposits.Select(deposit => deposit.Amount)];
        }

        return cluster.Definition.DepositAmounts is { IsEmpty: false } amounts ? amounts
            : cluster.Definition.Compounding ? _usualCompounding
            : _usual;
    }
}
