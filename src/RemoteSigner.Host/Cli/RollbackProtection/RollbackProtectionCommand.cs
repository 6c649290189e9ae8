using System.CommandLine;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>rollback protection</c>: what the anchor says of this data directory, and what only a person may overrule.</summary>
internal static class RollbackProtectionCommand
{
    private static readonly Option<bool> Accept = new("--accept-risk") { Description = "do it: what is risked was read and understood" };
    private static readonly Option<ulong?> FenceEpoch = new("--fence")
    {
        Description = "an epoch past all that was signed with these keys, where neither the anchor nor the clock can tell",
        HelpName = "EPOCH",
    };

    private static readonly Argument<string> Target = new Argument<string>("ANCHOR") { Description = "tpm or token" }.AcceptOnlyFromAmong(
        RollbackProtectionOptions.Tpm,
        RollbackProtectionOptions.Token
    );

    public static Command Create()
    {
        var status = new Command("status", "Show what the next start will do, and why");
        status.SetAction((parsed, _) => StatusAsync(parsed));
        var clear = new Command(
            "clear",
            "Overrule what the start protocol decided, one step: a refusal becomes low watermarks, low watermarks "
                + "are taken away. Shows what is risked; does it with --accept-risk"
        )
        {
            Accept,
            FenceEpoch,
        };
        clear.SetAction((parsed, _) => ClearAsync(parsed));
        var enrol = new Command(
            "enrol",
            "Make the anchor for a data directory from before there was one; the ledger is taken for the newest"
        )
        {
            FenceEpoch,
            RollbackAnchorChoice.OnHost,
        };
        enrol.SetAction((parsed, _) => EnrolAsync(parsed));
        var move = new Command("move", "Let another device be the anchor, without raising low watermarks: after an orderly stop")
        {
            Target,
            TpmCommand.OwnerAuthFile,
            RollbackAnchorChoice.OnHost,
        };
        move.SetAction((parsed, _) => MoveAsync(parsed));
        var leave = new Command(
            "leave",
            "Run without an anchor from now on, after an orderly stop. Shows what is risked; does it with --accept-risk"
        )
        {
            Accept,
        };
        leave.SetAction((parsed, _) => LeaveAsync(parsed));
        return new Command(
            "rollback-protection",
            "The fence that notices an old copy of the ledger or the vault ('status' "
                + "works while the signer runs, the others want it stopped)"
        )
        {
            status,
            clear,
            enrol,
            move,
            leave,
        };
    }

    private static async Task<int> LeaveAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var rollbackProtection = await OpenAsync(signer);
        StandardError.Console.WriteLine(
            "RISK: without an anchor nobody notices when an old copy of the ledger is put back, "
                + "and whatever was signed since that copy can be contradicted: slashing"
        );
        RequireAccepted(parsed);
        await signer.ExecuteAsync(new LeaveAnchor(rollbackProtection.Standing));
        StandardError.Console.WriteLine(
            "there is no fence any more: set rollbackProtection.anchor to none in signer.json before the next start"
        );
        return ExitCodes.Done;
    }

    private static async Task<int> MoveAsync(ParseResult parsed)
    {
        var kind = parsed.GetValue(Target)!;
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        signer.Options.Tpm.OwnerAuthFile = parsed.GetValue(TpmCommand.OwnerAuthFile) is { } file
            ? Path.GetFullPath(file)
            : signer.Options.Tpm.OwnerAuthFile;
        using var rollbackProtection = await OpenAsync(signer);
        if (kind == signer.Options.Anchor)
        {
            throw new CliError($"the anchor is a {kind} already", "'remote-signer rollback-protection status' shows how it stands");
        }

        RollbackAnchorChoice.Require(signer.Data, signer.Options, kind, parsed.GetValue(RollbackAnchorChoice.OnHost));
        var target = rollbackProtection.Other(kind);
        await signer.ExecuteAsync(new MoveAnchor(rollbackProtection.Standing, target));
        await WarnOfRollbackAsync(target);
        StandardError.Console.WriteLine(
            $"the fence lives in the {target.Description}: set rollbackProtection.anchor to {kind} in signer.json before the next start"
        );
        return ExitCodes.Done;
    }

    private static async Task<int> StatusAsync(ParseResult parsed)
    {
        if (await RunningVerbs.FindAsync(parsed.AnybodysDataDirectory()) is { } running)
        {
            await using (running)
            {
                Show(parsed, await running.RollbackProtectionAsync());
                return ExitCodes.Done;
            }
        }

        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var rollbackProtection = Present(await OfflineRollbackProtection.LookAsync(signer));
        var evidence = await rollbackProtection.Standing.LookAsync();
        Show(
            parsed,
            RollbackProtectionLine.Of(
                evidence,
                StartRules.Decide(evidence),
                await signer.Slashing.GetGlobalLowWatermarkAsync(),
                rollbackProtection.Anchor.Description,
                await rollbackProtection.Anchor.FindRollbackAsync(CancellationToken.None)
            )
        );
        foreach (
            var action in (await signer.Pending.InterruptedAsync()).Where(action =>
                action.StartsWith("rollback_protection.", StringComparison.Ordinal)
            )
        )
        {
            StandardError.Console.WriteLine($"note: {action} was interrupted: repeat it, with signer.json as it was then");
        }

        return ExitCodes.Done;
    }

    private static void Show(ParseResult parsed, RollbackProtectionLine line) =>
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.RollbackProtectionLine, state =>
            new Table()
                .HideHeaders()
                .AddColumns("", "")
                .AddRow("next start", Output.Cell(state.NextStart))
                .AddRow("why", Output.Cell(state.Reason))
                .AddRow("starts", $"ledger {Text(state.LedgerStart)}, anchor {Text(state.AnchorCount)}")
                .AddRow("fence", $"epoch {Text(state.Fence)}, sources to epoch {Text(state.SourceBound)}")
                .AddRow(
                    "low watermark",
                    state.LowWatermark is null
                        ? "–"
                        : Output.Cell(
                            $"epoch {state.LowWatermark}, sources from epoch {state.LowWatermarkSource}: {state.LowWatermarkReason}"
                        )
                )
                .AddRow("vault generation", $"{state.VaultGeneration}")
                .AddRow("anchor", Output.Cell(state.Anchor))
                .AddRow("goes back with the machine", Output.Cell(state.Rollback ?? "not as far as it says itself"))
        );

    private static async Task<int> ClearAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        if (parsed.GetValue(Accept))
        {
            // A vault that a person put back may have a slot with a PIN under a TPM that the ledger knows no slot for.
            signer.Keys.Hardware.PinTpm([]);
        }

        if (signer.Options.Anchor == RollbackProtectionOptions.None && signer.Found.Start is null)
        {
            return await ClearVaultAsync(parsed, signer);
        }

        using var rollbackProtection = Present(await OfflineRollbackProtection.LookAsync(signer));
        var evidence = await rollbackProtection.Standing.LookAsync();
        var decision = StartRules.Decide(evidence);
        var lowWatermark = await signer.Slashing.GetGlobalLowWatermarkAsync();
        if (decision is StartDecision.Serve && lowWatermark is null)
        {
            StandardError.Console.WriteLine("there is nothing to clear: the next start serves at once");
            return ExitCodes.Done;
        }

        var guess =
            decision is StartDecision.Refuse
                ? Guess(parsed, rollbackProtection.Standing.Ceiling, rollbackProtection.Standing.PastTheLedger(default))
                : default;
        var former = FormerKindOf(signer);
        StandardError.Console.WriteLines(
            RollbackProtectionRisk.Describe(evidence, decision, lowWatermark, guess, former is null ? null : signer.Found.Start?.Anchor)
        );
        RequireAccepted(parsed);
        if (decision is StartDecision.Refuse(var refusal))
        {
            if (former is not null)
            {
                await VoidFormerAsync(signer, rollbackProtection, former);
            }

            var lost = await signer.ExecuteAsync(new ClearRefusal(rollbackProtection.Standing, refusal.Reason, guess));
            StandardError.Console.WriteLine(
                $"cleared: the next start signs nothing before epoch {lost.Fence}, and no vote "
                    + $"until a source epoch of {lost.Source} or later is justified"
            );
            return ExitCodes.Done;
        }

        await signer.ExecuteAsync(new EndLowWatermarks(rollbackProtection.Standing));
        StandardError.Console.WriteLine("cleared: there are no low watermarks, and the next start serves at once");
        return ExitCodes.Done;
    }

    // The kind of anchor that the ledger names, where signer.json names another by now.
    private static string? FormerKindOf(OfflineSigner signer) =>
        signer.Found.Start is not { } start ? null
        : start.Anchor.StartsWith("TPM ", StringComparison.Ordinal) && signer.Options.Anchor == RollbackProtectionOptions.Token
            ? RollbackProtectionOptions.Tpm
        : start.Anchor.StartsWith("token ", StringComparison.Ordinal) && signer.Options.Anchor == RollbackProtectionOptions.Tpm
            ? RollbackProtectionOptions.Token
        : null;

    // What takes leave to sign away comes first. It may be lost for good: then a person has to see to it.
    private static async Task VoidFormerAsync(OfflineSigner signer, OfflineRollbackProtection rollbackProtection, string kind)
    {
        try
        {
            var former = rollbackProtection.Other(kind);
            if (await former.ReadAsync(CancellationToken.None) is { } reading && reading.Identity == signer.Found.Start!.Anchor)
            {
                await former.WriteRecordAsync(reading, FenceRecord.Void, CancellationToken.None);
                StandardError.Console.WriteLine($"the former anchor in the {former.Description} vouches for nothing any more");
                return;
            }
        }
        catch (Exception fault) when (Trouble.IsOfHardware(fault))
        {
            StandardError.Console.WriteLine($"the former anchor was not reached ({fault.Message})");
        }

        StandardError.Console.WriteLine(
            $"the former anchor ({signer.Found.Start!.Anchor}) may still vouch for copies from before: "
                + "destroy what is left of it, and never start one with the signer.json of then"
        );
    }

    // Without an anchor the ledger alone knows its vault, and nothing else can be cleared.
    private static async Task<int> ClearVaultAsync(ParseResult parsed, OfflineSigner signer)
    {
        using var vault = await signer.Keys.OpenVaultAsync();
        if (VaultRules.Refusal(signer.Found.Vault, vault.Anchor) is not { } refusal)
        {
            StandardError.Console.WriteLine(
                "there is nothing to clear: the vault is the one that the ledger remembers, and there is no fence"
            );
            return ExitCodes.Done;
        }

        // Also where the vault has the lower number: after one that was taken before, the numbers of two that went on apart say nothing.
        var lost = SignedBounds.Before(
            Guess(parsed, Fence.Ceiling(signer.Network, signer.Clock), signer.Found.End.FirstAfter(signer.Network.SlotsPerEpoch))
        );
        StandardError.Console.WriteLines(
            $"{refusal.Detail}\n{RollbackProtectionRisk.OfVault(refusal.Reason)}{RollbackProtectionRisk.OfLedger(lost)}"
        );
        RequireAccepted(parsed);
        await signer.ExecuteAsync(new AcceptVault(vault.Anchor, refusal, lost));
        StandardError.Console.WriteLine(
            "cleared: the ledger remembers this vault from now on, and the next start signs nothing before epoch "
                + $"{lost.Fence}, and no vote until a source epoch of {lost.Source} or later is justified"
        );
        return ExitCodes.Done;
    }

    private static void RequireAccepted(ParseResult parsed)
    {
        if (!parsed.GetValue(Accept))
        {
            throw new CliError(
                "nothing was changed: what is risked stands above",
                "to do it all the same, repeat the command with --accept-risk"
            );
        }
    }

    private static async Task<int> EnrolAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        RollbackAnchorChoice.Require(signer.Data, signer.Options, signer.Options.Anchor, parsed.GetValue(RollbackAnchorChoice.OnHost));
        using var rollbackProtection = await OpenAsync(signer);
        await EnrolAsync(signer, rollbackProtection.Standing, parsed.GetValue(FenceEpoch) is { } epoch ? new Epoch(epoch) : null);
        StandardError.Console.WriteLine(
            $"the fence lives in the {rollbackProtection.Anchor.Description}; from now on an old copy of this folder is noticed"
        );
        return ExitCodes.Done;
    }

    /// <summary>Makes the anchor; also for <c>init</c>.</summary>
    internal static async Task EnrolAsync(OfflineSigner signer, Standing standing, Epoch? fence)
    {
        await signer.ExecuteAsync(new EnrolAnchor(standing, fence));
        await WarnOfRollbackAsync(standing.Anchor);
    }

    private static async Task WarnOfRollbackAsync(IRollbackAnchor anchor)
    {
        if (await anchor.FindRollbackAsync(CancellationToken.None) is { } rollback)
        {
            StandardError.Console.WriteLine($"note: {rollback}");
        }
    }

    private static async Task<OfflineRollbackProtection> OpenAsync(OfflineSigner signer) =>
        Present(await OfflineRollbackProtection.OpenAsync(signer));

    private static OfflineRollbackProtection Present(OfflineRollbackProtection? rollbackProtection) =>
        rollbackProtection
        ?? throw new CliError(
            "signer.json says rollbackProtection.anchor none: there is no fence",
            "name an anchor there, then 'remote-signer rollback-protection enrol'"
        );

    private static Epoch Guess(ParseResult parsed, Epoch? ceiling, Epoch pastTheLedger)
    {
        var guess = parsed.GetValue(FenceEpoch) is { } epoch
            ? new Epoch(epoch)
            : ceiling
                ?? throw new CliError(
                    "neither the clock nor the anchor can tell what was signed last",
                    "give --fence EPOCH, past all that was signed with these keys"
                );
        return guess < pastTheLedger ? pastTheLedger : guess;
    }

    private static string Text(ulong? number) => number?.ToString() ?? "–";
}
