using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>Which deposits a lock foresees for its validators: to their withdrawal addresses, in the amounts that were agreed on.</summary>
internal static class LockedDeposits
{
    /// <summary>In Gwei: the only amount before v1.8.</summary>
    public const ulong Whole = 32_000_000_000;

    private const ulong Ether = 1_000_000_000;

    // What Charon makes where the definition names no amounts.
    private static readonly ulong[] _usual = [Ether, Whole];
    private static readonly ulong[] _usualCompounding = [Ether, 8 * Ether, Whole, 256 * Ether];

    /// <summary>Why the lock does not foresee <paramref name="deposit"/> for the validator at <paramref name="position"/>, or null.</summary>
    public static string? Problem(ClusterLock cluster, int position, Deposit deposit)
    {
        if (deposit.GenesisForkVersion != cluster.Definition.ForkVersion)
        {
            return $"is for genesis fork version {deposit.GenesisForkVersion}, the lock's is {cluster.Definition.ForkVersion}";
        }

        if (!HasCredentials(deposit.WithdrawalCredentials, cluster.Definition, position))
        {
            return $"has withdrawal credentials {deposit.WithdrawalCredentials}, not those of the lock's withdrawal address";
        }

        var amounts = AmountsOf(cluster, position);
        return amounts.Contains(deposit.Amount) ? null : $"is of {deposit.Amount} Gwei, the lock has {string.Join(", ", amounts)}";
    }

    /// <summary>0x01 (or 0x02: compounding), eleven zeroes, the withdrawal address of the validator at <paramref name="position"/>.</summary>
    public static bool HasCredentials(Root withdrawalCredentials, ClusterDefinition definition, int position)
    {
        var credentials = withdrawalCredentials.Bytes;
        const int AddressAt = Root.Length - ExecutionAddress.Length;
        return credentials[0] == (definition.Compounding ? 2 : 1)
            && !credentials[1..AddressAt].ContainsAnyExcept((byte)0)
            && ExecutionAddress.TryParse(definition.AddressesOf(position).Withdrawal, out var expected)
            && expected.Bytes.SequenceEqual(credentials[AddressAt..]);
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

        return cluster.Definition.DepositAmounts is { IsEmpty: false } amounts ? amounts : cluster.Definition.Compounding ? _usualCompounding : _usual;
    }
}
