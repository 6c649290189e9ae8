namespace RemoteSigner.Slashing;

/// <summary>What slashing protection decided, before it is on disk: not yet leave to sign anything; a closed choice.</summary>
public abstract record Verdict
{
    private Verdict() { }

    /// <summary>No rule stands against it. <paramref name="AlreadySigned"/>: the identical root is recorded already.</summary>
    public sealed record Allowed(bool AlreadySigned) : Verdict;

    /// <summary>A rule stands against it; <paramref name="Detail"/> names what it collides with.</summary>
    public sealed record Refused(SlashingRule Rule, string Detail) : Verdict;

    /// <summary>No rule stands against it, but it was asked for only if it is on record, and it is not.</summary>
    public sealed record NotOnRecord : Verdict
    {
        public static NotOnRecord Instance { get; } = new();
    }
}
