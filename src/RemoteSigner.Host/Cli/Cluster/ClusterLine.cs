using System.Diagnostics;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>What <c>cluster verify</c> prints; <paramref name="NotProven"/> says what no check of a file by itself can show.</summary>
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
    IReadOnlyList<CheckLine> Checks,
    string NotProven
);

/// <summary>One check: its error code, <c>pass</c>, <c>fail</c> or <c>not applicable</c>, and why.</summary>
internal sealed record CheckLine(string Check, string Verdict, string Message, string? Hint)
{
    public const string Fail = "fail";

    public static CheckLine Of(CheckResult result) => Of(result.Check.Code(), result.Verdict);

    public static CheckLine Of(string code, CheckVerdict verdict) =>
        verdict switch
        {
            CheckVerdict.Passed(var note) => new(code, "pass", note, null),
            CheckVerdict.Failed(var problem, var hint) => new(code, Fail, problem, hint),
            CheckVerdict.NotApplicable(var reason) => new(code, "not applicable", reason, null),
            _ => throw new UnreachableException(),
        };

    public static Table Table(IReadOnlyList<CheckLine> checks) =>
        Output.Rows(checks, ["check", "verdict", "what"], check =>
            [check.Check, check.Verdict, check.Hint is null ? check.Message : $"{check.Message}. Hint: {check.Hint}"]
        );
}
