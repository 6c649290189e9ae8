namespace RemoteSigner.Signing;

/// <summary>
/// When a signature of ours is verified under the share's public key before it is given out: about a millisecond, or a fraction of it in a
/// batch.
/// </summary>
public enum PartialVerification
{
    Off,

    /// <summary>
    /// The first signatures of shares that were imported since the start, and all of those whose hardware or memory reported an error.
    /// </summary>
    Suspect,

    Always,
}
