using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// A deposit as a block carries it, with its 33 roots of Merkle proof (consensus-specs <c>Deposit</c> and <c>DepositData</c>).
/// </summary>
public sealed record BlockDeposit(
    ImmutableArray<Root> Proof,
    BlsPublicKey PublicKey,
    Root WithdrawalCredentials,
    ulong Amount,
    BlsSignature Signature
)
{
    /// <summary><c>DEPOSIT_CONTRACT_TREE_DEPTH</c> and the length mixed in.</summary>
    public const int ProofLength = 33;

    /// <exception cref="SpecException">The proof has not 33 roots.</exception>
    public Root HashTreeRoot() =>
        Proof.Length == ProofLength
            ? SszHasher.Container(
                SszHasher.Container(Proof.AsSpan()),
                Deposit.DataRoot(PublicKey, WithdrawalCredentials, Amount, Signature)
            )
            : throw new SpecException($"A deposit's proof has {Proof.Length} roots instead of {ProofLength}.");
}
