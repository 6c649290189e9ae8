using System.Collections.Immutable;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// One validator of a <c>keyshares.json</c>. The x-coordinate of a share is its operator's id in SSV's contract, any number but zero.
/// <see cref="PublicShares"/> and <see cref="EncryptedShare"/> are there only when <see cref="SharesData"/> has the length that so many
/// operators take.
/// </summary>
public sealed record ValidatorShares
{
    /// <summary>The length of a share encrypted with RSA of 2048 bits, in bytes.</summary>
    public const int EncryptedLength = 256;

    /// <summary>How often this owner had registered a validator before.</summary>
    public required ulong OwnerNonce { get; init; }

    public required ExecutionAddress OwnerAddress { get; init; }

    /// <summary>The validator's public key on chain.</summary>
    public required BlsPublicKey GroupKey { get; init; }

    public required ImmutableArray<SsvOperator> Operators { get; init; }

    /// <summary>The validator's key once more, as the contract gets it.</summary>
    public required BlsPublicKey PayloadGroupKey { get; init; }

    /// <summary>The operators' ids once more, as the contract gets them.</summary>
    public required ImmutableArray<ulong> OperatorIds { get; init; }

    /// <summary>
    /// As the contract gets it: 96 bytes of BLS signature, 48 of public key for each operator, 256 of encrypted share for each operator.
    /// </summary>
    public required ImmutableArray<byte> SharesData { get; init; }

    /// <summary>n − f of n = 3f + 1 operators: 3 of 4, 5 of 7, 7 of 10, 9 of 13.</summary>
    public int Threshold => Operators.Length - ((Operators.Length - 1) / 3);

    public bool HasWholeSharesData =>
        SharesData.Length == BlsSignature.Length + (Operators.Length * (BlsPublicKey.Length + EncryptedLength));

    /// <summary>The owner's proof that he has the validator's key: its signature of his address and nonce.</summary>
    public ReadOnlySpan<byte> OwnerSignature => SharesData.AsSpan(0, BlsSignature.Length);

    /// <summary>In the order of <see cref="Operators"/>.</summary>
    public ImmutableArray<BlsPublicKey> PublicShares =>
        [
            .. Operators.Select(
                (_, i) => new BlsPublicKey(SharesData.AsSpan(BlsSignature.Length + (i * BlsPublicKey.Length), BlsPublicKey.Length))
            ),
        ];

    /// <summary>The share of the operator at this position, from 0, encrypted to its RSA key: 256 bytes.</summary>
    public ReadOnlySpan<byte> EncryptedShare(int position) =>
        SharesData.AsSpan(BlsSignature.Length + (Operators.Length * BlsPublicKey.Length) + (position * EncryptedLength), EncryptedLength);
}
