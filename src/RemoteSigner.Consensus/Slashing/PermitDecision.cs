namespace RemoteSigner.Consensus.Slashing;

/// <summary>The answer of slashing protection, true only once it is on disk; a closed choice.</summary>
public abstract record PermitDecision
{
    private PermitDecision()
    {
    }

    /// <summary>The message is recorded and may be signed. <paramref name="AlreadySigned"/>: the identical root was recorded before.</summary>
    public sealed record Granted(SigningPermit Permit, bool AlreadySigned) : PermitDecision;

    /// <summary>The message must not be signed. <paramref name="Detail"/> names what it collides with, in words for the client and the log.</summary>
    public sealed record Refused(SlashingRule Rule, string Detail) : PermitDecision;
}
