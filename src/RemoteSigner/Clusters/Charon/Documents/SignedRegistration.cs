using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>A builder registration that the group signed beforehand.</summary>
public sealed record SignedRegistration(ValidatorRegistration Message, BlsSignature Signature);
