using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>A partial signature and the validator, by its group key, that it is for.</summary>
public sealed record ValidatorPartial(BlsPublicKey GroupKey, PartialSignature Partial);
