using System.CommandLine;
using RemoteSigner.Audit;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>audit verify</c>: walks the chain of audit entries and matches it against the slashing records.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var verify = new Command("verify", "Walk the hash chain and match it against the slashing records");
        verify.SetAction((parsed, _) => VerifyAsync(parsed));
        return new Command("audit", "The audit log of this signer (stop it first)") { verify };
    }

    private static async Task<int> VerifyAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var line = await AuditVerifier.VerifyAsync(signer.Ledger) switch
        {
            AuditVerification.Intact(var head, var records) => new AuditLine(true, head.Sequence, records, Convert.ToHexStringLower(head.Hash.AsSpan()), null),
            AuditVerification.Broken(var sequence, var problem) => new AuditLine(false, sequence, 0, null, problem),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.AuditLine, verdict => new Table().HideHeaders().AddColumns("", "")
            .AddRow("verdict", verdict.Verified ? "intact" : "BROKEN")
            .AddRow(verdict.Verified ? "entries" : "at entry", verdict.Entries.ToString())
            .AddRow(verdict.Verified ? "slashing records matched" : "problem", Markup.Escape(verdict.Problem ?? verdict.Records.ToString()))
            .AddRow("head", verdict.Head ?? "–"));
        return line.Verified ? 0 : 1;
    }
}
