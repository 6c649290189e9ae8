using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>What one operator signed with its share; whether it did is to be verified.</summary>
public sealed record PartialSignature(ulong ShareIndex, BlsSignature Signature);
