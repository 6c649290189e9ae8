using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>Shares could not be taken in: none was, and nothing was changed. Every refusal that was found is listed.</summary>
public sealed class ImportException(IReadOnlyList<ImportRefusal> refusals)
    : OperatorException(
        $"{refusals[0].Code}: {refusals[0].Subject}: "
            + $"{refusals[0].Problem}{(refusals.Count == 1 ? "" : $" (and {refusals.Count - 1} more)")}",
        HintOf(refusals)
    )
{
    /// <summary>In the order of what was offered.</summary>
    public IReadOnlyList<ImportRefusal> Refusals { get; } = refusals;

    private static string HintOf(IReadOnlyList<ImportRefusal> refusals) =>
        refusals.Count == 1
            ? $"nothing was changed; {refusals[0].Hint}"
            : "nothing was changed; the reasons: "
                + string.Concat(refusals.Select(refusal => $"\n  {refusal.Code}: {refusal.Subject}: {refusal.Problem} ({refusal.Hint})"));
}

/// <summary>One thing that stands against an import.</summary>
/// <param name="Code">For programs, in snake case: of a <see cref="Clusters.Charon.ClusterCheck"/>, a <see cref="KeystoreFault"/>, an
/// <see cref="ImportFault"/> or what else was looked at.</param>
/// <param name="Subject">The file or the key it is about.</param>
/// <param name="Problem">For people.</param>
/// <param name="Hint">What the operator can do.</param>
public sealed record ImportRefusal(string Code, string Subject, string Problem, string Hint)
{
    /// <summary>The share it is about, where it is about one.</summary>
    public RemoteSigner.Spec.BlsPublicKey? ShareKey { get; init; }
}
