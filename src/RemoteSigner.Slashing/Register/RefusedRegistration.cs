namespace RemoteSigner.Slashing;

/// <summary>The first key of several that could not be registered, and why; of the others nothing was kept either.</summary>
public sealed record RefusedRegistration(ProtectedKey Key, Registration Reason);
