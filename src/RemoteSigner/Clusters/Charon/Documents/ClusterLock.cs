using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// A cluster after its key generation: Charon's <c>cluster-lock.json</c>. Reading it proves nothing; see <see cref="ClusterVerifier"/>.
/// </summary>
public sealed record ClusterLock
{
    public required ClusterDefinition Definition { get; init; }

    public required ImmutableArray<ClusterValidator> Validators { get; init; }

    /// <summary>The sum of the BLS signatures of all shares of all validators over <see cref="LockHash"/>: 96 bytes, or none.</summary>
    public required ImmutableArray<byte> SignatureAggregate { get; init; }

    /// <summary>The lock's name; also what is signed, as it is, with the shares.</summary>
    public required Root LockHash { get; init; }

    /// <summary>secp256k1 signatures of <see cref="LockHash"/> by the nodes, in the order of operators; empty before v1.7.</summary>
    public ImmutableArray<ImmutableArray<byte>> NodeSignatures { get; init; } = [];

    /// <summary>Reads <c>cluster-lock.json</c>.</summary>
    /// <exception cref="ClusterFileException">Too large, not JSON, malformed or of an unknown version.</exception>
    public static ClusterLock Parse(ReadOnlyMemory<byte> json) => ClusterJson.Read(json, LockJson.Read);

    /// <summary>The shares of one operator, one for each validator; call it on a verified lock only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such operator.</exception>
    public IReadOnlyList<ClusterShare> SharesOf(ulong shareIndex)
    {
        ArgumentOutOfRangeException.ThrowIfZero(shareIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shareIndex, (ulong)Definition.Operators.Length);
        return [.. Validators.Select((validator, position) => ShareOf(validator, position, shareIndex))];
    }

    /// <summary>
    /// A deposit of so many Gwei for the validator at <paramref name="position"/>, to the definition's withdrawal address.
    /// </summary>
    /// <exception cref="ClusterFileException">The definition names no withdrawal address.</exception>
    public Deposit DepositOf(int position, ulong amount) =>
        LockedDeposits.CredentialsOf(Definition, position) is { } credentials
            ? new(Validators[position].GroupKey, credentials, amount, Definition.ForkVersion)
            : throw new ClusterFileException(
                ClusterFileFault.Malformed,
                $"the lock names no withdrawal address for {CheckText.Validator(position)}",
                "make the deposit with the tool that made the validator"
            );

    private ClusterShare ShareOf(ClusterValidator validator, int position, ulong shareIndex) =>
        new()
        {
            GroupKey = validator.GroupKey,
            PublicShare = validator.PublicShares[(int)shareIndex - 1],
            ShareIndex = shareIndex,
            Threshold = Definition.Threshold,
            Operators = Definition.Operators.Length,
            Position = position,
            LockHash = LockHash,
            DefinitionHash = Definition.DefinitionHash,
            ForkVersion = Definition.ForkVersion,
            FeeRecipient = ExecutionAddress.TryParse(Definition.AddressesOf(position).FeeRecipient, out var address) ? address : null,
        };
}
