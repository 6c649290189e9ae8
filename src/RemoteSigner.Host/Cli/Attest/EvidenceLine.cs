using RemoteSigner.RemoteAttestation;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What <c>attest verify</c> prints: one line for each check, <c>pass</c>, <c>fail</c> or <c>not checked</c>. It holds when none failed.
/// </summary>
internal sealed record EvidenceLine(bool Holds, IReadOnlyList<EvidenceLine.Check> Checks)
{
    public static EvidenceLine Of(IReadOnlyList<EvidenceCheck> checks) =>
        new(!EvidenceVerifier.Failed(checks), [.. checks.Select(check => new Check(check.Name, Words(check.Verdict), check.Detail))]);

    private static string Words(CheckVerdict verdict) =>
        verdict switch
        {
            CheckVerdict.Pass => "pass",
            CheckVerdict.Fail => "fail",
            CheckVerdict.NotChecked => "not checked",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    internal sealed record Check(string Name, string Verdict, string Detail);
}
