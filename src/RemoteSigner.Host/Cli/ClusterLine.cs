using System.Diagnostics;
using RemoteSigner.Clusters.Charon;

namespace RemoteSigner.Host.Cli;

/// <summary>What <c>cluster verify</c> prints.</summary>
internal sealed record ClusterLine(
    bool Verified,
    string Kind,
    string Version,
    string Name,
    string DefinitionHash,
    string? LockHash,
    int Threshold,
    int Operators,
    IReadOnlyList<string> Validators,
    IReadOnlyList<CheckLine> Checks);

/// <summary>One check: its error code, <c>pass</c>, <c>fail</c> or <c>not applicable</c>, and why.</summary>
internal sealed record CheckLine(string Check, string Verdict, string Message, string? Hint)
{
    public const string Fail = "fail";

    public static CheckLine Of(CheckResult result) => result.Verdict switch
    {
        CheckVerdict.Passed(var note) => new(CheckText.Code(result.Check), "pass", note, null),
        CheckVerdict.Failed(var problem, var hint) => new(CheckText.Code(result.Check), Fail, problem, hint),
        CheckVerdict.NotApplicable(var reason) => new(CheckText.Code(result.Check), "not applicable", reason, null),
        _ => throw new UnreachableException(),
    };
}
