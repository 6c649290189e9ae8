namespace RemoteSigner.Clusters;

/// <summary>How one check ended.</summary>
public abstract record CheckVerdict
{
    private CheckVerdict() { }

    /// <summary>It holds; the note says for what.</summary>
    public sealed record Passed(string Note) : CheckVerdict;

    /// <summary>It does not hold, or cannot be told: the file must not be trusted.</summary>
    public sealed record Failed(string Problem, string Hint) : CheckVerdict;

    /// <summary>A file of this version or kind has nothing to be checked.</summary>
    public sealed record NotApplicable(string Reason) : CheckVerdict;
}
