namespace RemoteSigner.AcceptanceTests;

/// <summary>Where a signer is in its life while its clients run on.</summary>
public enum SignerState
{
    /// <summary>Nothing listens.</summary>
    Stopped,

    /// <summary>From the first moment at which it is launched until its keys are open.</summary>
    Starting,

    /// <summary>It listens, and its token is not there.</summary>
    TokenAway,

    /// <summary>Keys are open.</summary>
    Ready,

    /// <summary>The token was taken away from a signer that has its keys open.</summary>
    TokenTaken,

    /// <summary>Reloads, one after the other.</summary>
    Reloading,

    /// <summary>One of its keys is taken out.</summary>
    KeyDeleted,

    /// <summary>The same key is back.</summary>
    KeyAddedAgain,

    /// <summary>Duties on both sides of two forks.</summary>
    ForkBoundary,

    /// <summary>From SIGTERM until nothing listens.</summary>
    ShuttingDown,

    /// <summary>The client is not trusted any more.</summary>
    Revoked,
}
