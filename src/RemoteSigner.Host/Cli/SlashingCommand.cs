using System.CommandLine;
using System.CommandLine.Parsing;
using RemoteSigner.Administration.History;
using RemoteSigner.Host.Control;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>slashing</c>: the slashing history in and out (EIP-3076), its state, pruning and watermarks.</summary>
internal static class SlashingCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "EIP-3076 interchange file" };
    private static readonly Option<bool> Force = new("--force") { Description = "overwrite the file" };
    private static readonly Option<ExportedNames> By = new("--by")
    {
        Description =
            "name each validator by its group key, as it is known on chain, by its "
            + "shares' keys, as a validator client knows it, or by both",
        HelpName = "both|group|share",
        CustomParser = ReadNames,
    };
    private static readonly Option<bool> Complete = new("--complete")
    {
        Description = "the file and this signer's history are all these keys ever signed: low watermarks stay where they are",
    };
    private static readonly Option<bool> AcceptFuture = new("--accept-future")
    {
        Description =
            "also take what lies beyond the clock: the validators it is about sign nothing until then, and nothing brings them back",
    };
    private static readonly Option<ulong?> Keep = new("--keep-epochs")
    {
        Description = "epochs of history to keep, instead of signer.json's",
        HelpName = "N",
    };
    private static readonly Option<ulong?> Slot = new("--slot") { Description = "slot", HelpName = "S" };
    private static readonly Option<ulong?> Epoch = new("--epoch") { Description = "epoch", HelpName = "E" };
    private static readonly Option<string[]> Keys = new("--key")
    {
        Description = "only this validator (share or group key); may be given again",
        HelpName = "KEY",
    };
    private static readonly Option<bool> High = new("--high")
    {
        Description = "set the high watermark: signing stops at this slot and epoch",
    };
    private static readonly Option<bool> RemoveHigh = new("--remove-high") { Description = "remove the high watermark" };

    public static Command Create()
    {
        var import = new Command("import", "Add the history of an interchange file; all of it or nothing") { File, Complete, AcceptFuture };
        import.SetAction((parsed, _) => ImportAsync(parsed));
        var export = new Command("export", "Write all history as an interchange file; whole or not at all") { File, Force, By };
        export.SetAction((parsed, _) => ExportAsync(parsed));
        var status = new Command("status", "Show each validator's history and low watermarks");
        status.SetAction((parsed, _) => StatusAsync(parsed));
        var prune = new Command("prune", "Drop old history; what is dropped becomes a low watermark") { Keep };
        prune.SetAction((parsed, _) => PruneAsync(parsed));
        var watermark = new Command("watermark", "Raise the low watermarks, or set or remove the high one")
        {
            Slot,
            Epoch,
            Keys,
            High,
            RemoveHigh,
            AcceptFuture,
        };
        watermark.SetAction((parsed, _) => WatermarkAsync(parsed));
        return new Command(
            "slashing",
            "The slashing history of this signer: 'import' and 'watermark' want it stopped, the others work while it runs"
        )
        {
            import,
            export,
            status,
            prune,
            watermark,
        };
    }

    private static async Task<int> ImportAsync(ParseResult parsed)
    {
        var path = parsed.GetValue(File)!;
        await using var file = System.IO.File.OpenRead(path);
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var lowWatermark = await signer.Slashing.GetGlobalLowWatermarkAsync();
        var terms = new ImportTerms(parsed.GetValue(Complete) ? InterchangeReading.Complete : InterchangeReading.LowWatermarksAtLowest);
        var report = await signer.ExecuteAsync(new ImportHistory(file, terms, path, parsed.GetValue(AcceptFuture)));
        if (lowWatermark is not null && await signer.Slashing.GetGlobalLowWatermarkAsync() != lowWatermark)
        {
            StandardError.Console.WriteLine("the history is complete again: the low watermarks under all keys have ended");
        }

        HistoryNote.Write(report.WithoutList);
        IReadOnlyList<ImportLine> lines =
        [
            .. report.Validators.Select(line => new ImportLine(
                line.PublicKey.ToString(),
                line.Active,
                line.BlocksRead,
                line.BlocksNew,
                line.AttestationsRead,
                line.AttestationsNew,
                line.LowestSlot?.ToString(),
                line.LowestSource?.ToString(),
                line.LowestTarget?.ToString()
            )),
        ];
        Output.Write(
            parsed.GetValue(CommandLine.Json),
            lines,
            CliContext.Default.IReadOnlyListImportLine,
            ["validator", "active", "blocks (new)", "votes (new)", "lowest slot", "lowest source", "lowest target"],
            line =>
                [
                    line.PublicKey,
                    line.Active ? "yes" : "no",
                    $"{line.BlocksRead} ({line.BlocksNew})",
                    $"{line.AttestationsRead} ({line.AttestationsNew})",
                    line.LowestSlot,
                    line.LowestSource,
                    line.LowestTarget,
                ]
        );
        return ExitCodes.Done;
    }

    private static async Task<int> ExportAsync(ParseResult parsed)
    {
        var path = Path.GetFullPath(parsed.GetValue(File)!);
        if (path.StartsWith(parsed.AnybodysDataDirectory().Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new CliError(
                $"{path} is inside the data directory",
                "export to another folder: a file of the signer must not be overwritten"
            );
        }

        if (System.IO.File.Exists(path) && !parsed.GetValue(Force))
        {
            throw new CliError($"there is a file at {path} already", "choose another name, or overwrite it with --force");
        }

        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var count = await signer.ExportHistoryAsync(path, parsed.GetValue(By));
        StandardError.Console.WriteLine($"exported the history of {count} keys to {path}");
        return ExitCodes.Done;
    }

    private static ExportedNames ReadNames(ArgumentResult result)
    {
        if (ExportedNamesWords.Find(result.Tokens[0].Value) is { } names)
        {
            return names;
        }

        result.AddError($"--by {result.Tokens[0].Value}: is none of both, group, share");
        return default;
    }

    private static async Task<int> StatusAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var (lines, high) = await signer.SlashingStatusAsync();
        Output.Write(
            parsed.GetValue(CommandLine.Json),
            lines,
            CliContext.Default.IReadOnlyListValidatorLine,
            ["validator", "shares", "blocks", "slots", "votes", "sources", "targets"],
            line =>
                [
                    line.PublicKeys[^1],
                    States(line),
                    line.Blocks.ToString(),
                    Range(line.LowestSlot, line.NewestSlot),
                    line.Attestations.ToString(),
                    Range(line.LowestSource, line.NewestSource),
                    Range(line.LowestTarget, line.NewestTarget),
                ]
        );
        if (high is not null)
        {
            StandardError.Console.WriteLine(high);
        }

        return ExitCodes.Done;
    }

    // One key is the validator's own, or the only one that is known of it.
    private static string States(ValidatorLine line) =>
        line.PublicKeys.Count == 1 && line.Keys.Count == 1
            ? line.Keys[0].State
            : string.Join(", ", line.Keys.Select(key => $"{key.PublicKey[..10]}…{key.PublicKey[^8..]} {key.State}"));

    private static async Task<int> PruneAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var lines = await signer.PruneAsync(parsed.GetValue(Keep));
        Output.Write(
            parsed.GetValue(CommandLine.Json),
            lines,
            CliContext.Default.IReadOnlyListPruneLine,
            ["validator", "blocks dropped", "votes dropped", "failure"],
            line => [line.PublicKeys[0], line.BlocksDropped.ToString(), line.AttestationsDropped.ToString(), line.Failure]
        );
        return lines.All(line => line.Failure is null) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<int> WatermarkAsync(ParseResult parsed)
    {
        var (slot, epoch) = (parsed.GetValue(Slot), parsed.GetValue(Epoch));
        var (high, remove) = (parsed.GetValue(High), parsed.GetValue(RemoveHigh));
        var keys = (parsed.GetValue(Keys) ?? [])
            .Select(text =>
                BlsPublicKey.TryParse(text, out var key) ? key : throw new CliError($"'{text}' is not a public key", "48 bytes in hex")
            )
            .ToList();
        if (remove == (slot is not null || epoch is not null) || (high && (slot is null || epoch is null || keys.Count > 0)))
        {
            throw new CliError(
                "these options do not go together",
                "low: --slot and/or --epoch [--key KEY]; high: --high --slot S --epoch E; or --remove-high alone"
            );
        }

        await using var signer = await OfflineSigner.OpenAsync(parsed);
        if (high || remove)
        {
            await signer.ExecuteAsync(
                new SetHighWatermark(high ? new HighWatermark(new Slot(slot!.Value), new Epoch(epoch!.Value)) : null)
            );
            return ExitCodes.Done;
        }

        var count = await signer.ExecuteAsync(
            new RaiseLowWatermark(
                slot is { } s ? new Slot(s) : null,
                epoch is { } e ? new Epoch(e) : null,
                keys.Count == 0 ? null : keys,
                parsed.GetValue(AcceptFuture)
            )
        );
        StandardError.Console.WriteLine($"raised the low watermarks of {count} validators");
        return count > 0
            ? ExitCodes.Done
            : throw new CliError("no validator has one of these keys", "'remote-signer slashing status' lists them");
    }

    private static string Range(string? lowest, string? newest) =>
        newest is null ? $"low watermark {lowest ?? "–"}" : $"{lowest ?? "–"} … {newest}";
}
