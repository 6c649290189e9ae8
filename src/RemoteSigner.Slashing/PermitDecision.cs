using RemoteSigner.Ledgers;

namespace RemoteSigner.Slashing;

/// <summary>The answer of slashing protection, true only once it is on disk; a closed choice.</summary>
public abstract record PermitDecision
{
    private PermitDecision() { }

    /// <summary>
    /// The message is recorded and may be signed. <paramref name="AlreadySigned"/>: the identical root was recorded before.
    /// </summary>
    public sealed record Granted(SigningPermit Permit, bool AlreadySigned) : PermitDecision;

    /// <summary>
    /// The message must not be signed. <paramref name="Detail"/> names what it collides with, in words for the client and the log.
    /// </summary>
    public sealed record Refused(SlashingRule Rule, string Detail) : PermitDecision;

    /// <summary>No rule stands against the message, but it was asked for only if it is on record here, and it is not.</summary>
    public sealed record NotOnRecord : PermitDecision
    {
        public static NotOnRecord Instance { get; } = new();
    }

    /// <summary>The evidence of what was refused elsewhere is on disk.</summary>
    public sealed record Witnessed : PermitDecision
    {
        public static Witnessed Instance { get; } = new();
    }

    /// <summary>
    /// Nothing of this request is on disk and nothing was granted: the ledger failed (<see cref="LedgerException"/>), or whoever wrote the
    /// evidence.
    /// </summary>
    public sealed record Failed(Exception Fault) : PermitDecision;
}
