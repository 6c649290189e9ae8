using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>A deposit that the group signed; <paramref name="Amount"/> is in Gwei.</summary>
public sealed record SignedDeposit(BlsPublicKey PublicKey, Root WithdrawalCredentials, ulong Amount, BlsSignature Signature);
