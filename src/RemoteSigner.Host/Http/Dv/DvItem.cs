using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>A duty and the validator it is for, named by its group key, or by the public key of our share.</summary>
internal sealed record DvItem(BlsPublicKey Key, bool IsGroupKey, SignRequest Request);
