using System.CommandLine;
using RemoteSigner.Administration.History;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>audit</c>: walks the chain of entries and matches it against the slashing records; hands its oldest part out, and drops what was
/// handed out.
/// </summary>
internal static class AuditCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "a segment: a text file with one entry a line, and a first line that says where it belongs",
    };
    private static readonly Option<long?> Through = new("--through")
    {
        Description = "the last entry that goes into the file; left out: the newest",
        HelpName = "N",
    };
    private static readonly Option<string[]> Segments = new("--segment")
    {
        Description = "a file that has entries which were dropped here; repeat it for each, the oldest first",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var verify = new Command("verify", "Walk the hash chain and match it against the slashing records") { Segments };
        verify.SetAction((parsed, cancellation) => VerifyAsync(parsed, cancellation));
        var export = new Command("export", "Write the entries that the log keeps into a file, whole or not at all") { File, Through };
        export.SetAction((parsed, _) => ExportAsync(parsed));
        var drop = new Command(
            "drop",
            "Drop the entries that are in an exported file, under a checkpoint; the file is then the only one that has them"
        )
        {
            File,
        };
        drop.SetAction((parsed, _) => DropAsync(parsed));
        return new Command("audit", "The audit log of this signer: 'drop' wants it stopped, the others work while it runs")
        {
            verify,
            export,
            drop,
        };
    }

    private static async Task<int> ExportAsync(ParseResult parsed)
    {
        var path = Path.GetFullPath(parsed.GetValue(File)!);
        if (System.IO.File.Exists(path))
        {
            throw new CliError($"{path} is there already", "name a new file: a segment is evidence and is never overwritten");
        }

        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var (first, last) = await signer.ExportAuditAsync(path, parsed.GetValue(Through));
        StandardError.Console.WriteLine($"exported entries {first} to {last} to {path}");
        return ExitCodes.Done;
    }

    private static async Task<int> DropAsync(ParseResult parsed)
    {
        var path = Path.GetFullPath(parsed.GetValue(File)!);
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var segment = await signer.ExecuteAsync(new DropAudit(path));
        StandardError.Console.WriteLine(
            $"dropped entries {segment.First} to {segment.Last}: keep {path}, nobody else has "
                + "them; 'remote-signer audit verify --segment' checks them with the rest"
        );
        return ExitCodes.Done;
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var line = await signer.VerifyAuditAsync([.. parsed.GetValue(Segments)!.Select(Path.GetFullPath)], cancellation);
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.AuditLine, verdict =>
            new Table()
                .HideHeaders()
                .AddColumns("", "")
                .AddRow("verdict", verdict.Verified ? "intact" : "BROKEN")
                .AddRow(verdict.Verified ? "entries" : "at entry", verdict.Entries.ToString())
                .AddRow(
                    verdict.Verified ? "slashing records matched" : "problem",
                    Output.Cell(verdict.Problem ?? verdict.Records.ToString())
                )
                .AddRow(
                    "of dropped entries, not matched",
                    verdict.Unmatched == 0 ? "–" : $"{verdict.Unmatched}: give the exported files with --segment"
                )
                .AddRow("head", verdict.Head ?? "–")
        );
        return line.Verified ? ExitCodes.Done : ExitCodes.Failed;
    }
}
