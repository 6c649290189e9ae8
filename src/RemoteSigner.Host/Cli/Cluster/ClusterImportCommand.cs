using System.CommandLine;
using System.Globalization;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Host.Control;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>cluster import</c>: a lock is verified in every way, our node's key says that it is ours and which shares are, and these are sealed.
/// </summary>
internal static class ClusterImportCommand
{
    internal static readonly Option<string?> LockFile = new("--lock")
    {
        Description = "cluster-lock.json; else the one in the node's folder",
        HelpName = "FILE",
    };
    private static readonly Option<string?> Slashing = new("--slashing")
    {
        Description = "EIP-3076 interchange file with what these validators or shares have signed",
        HelpName = "FILE",
    };
    private static readonly Option<bool> NeverSigned = new("--never-signed")
    {
        Description = "these validators have never signed anything anywhere: the cluster is new",
    };
    private static readonly Option<bool> FromNow = new("--from-now")
    {
        Description =
            "nobody can tell what these validators have signed: shares that are new here refuse everything up to the clock "
            + "plus the slot window. For an operator who joins a cluster that signs; better is "
            + "another operator's 'slashing export --by group' with --slashing",
    };

    private static readonly Option<bool> Replace = new("--replace")
    {
        Description =
            "after a reshare (Charon's edit recreate-private-keys, replace-operator, add-operators, remove-operators; "
            + "ssv-dkg reshare): park the shares that these replace, in the same change; the history of their "
            + "validators goes on. 'cluster revert' brings them back, 'cluster commit' gives them up",
    };

    private static readonly Option<string?> ParkedUntil = new("--parked-until")
    {
        Description =
            "with --replace: when the parked shares are given up by themselves, such as 7d, "
            + "12h or 2026-12-24T12:00:00Z; else 'cluster commit' does it",
        HelpName = "TIME",
    };
    private static readonly Option<int> Memory = new("--memory-mib")
    {
        Description = "memory for opening keystores; scrypt takes 256 MiB for each that is being opened",
        HelpName = "MIB",
        DefaultValueFactory = _ => 1024,
    };

    public static Command CreateImport()
    {
        var import = new Command(
            "import",
            "Verify a cluster lock or SSV's keyshares, seal this node's or operator's shares of "
                + "it that are not here, and move those that are; all of them or none"
        )
        {
            LockFile,
            AnchorOptions.Node,
            AnchorOptions.Enr,
            SsvOptions.KeysharesFile,
            SsvOptions.OperatorKey,
            SsvOptions.PasswordFile,
            AnchorOptions.Owner,
            AnchorOptions.Validators,
            AnchorOptions.Accept,
            Slashing,
            NeverSigned,
            FromNow,
            Replace,
            ParkedUntil,
            Memory,
            ClusterCommand.LowThreshold,
            ClusterCommand.ContractSignatures,
        };
        import.SetAction((parsed, cancellation) => ImportAsync(parsed, cancellation));
        return import;
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        CliError.RefuseBoth(parsed, NeverSigned, Slashing, "a cluster either has a history, which the file tells, or none");
        CliError.RefuseBoth(parsed, NeverSigned, FromNow, "validators that never signed need no low watermark");
        CliError.RefuseBoth(parsed, Slashing, FromNow, "the history tells where they begin; --from-now is for when nobody has it");
        if (parsed.GetValue(ParkedUntil) is not null && !parsed.GetValue(Replace))
        {
            throw CliError.OfUsage("--parked-until goes with --replace", "without --replace nothing is parked");
        }

        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var order = OrderOf(parsed) with
        {
            Slashing = AnchorOptions.Full(parsed.GetValue(Slashing)),
            NeverSigned = parsed.GetValue(NeverSigned),
            FromNow = parsed.GetValue(FromNow),
            Replace = parsed.GetValue(Replace),
            ParkedUntil = parsed.GetValue(ParkedUntil) is { } time ? ReadTime(time, TimeProvider.System.GetUtcNow()) : null,
            MemoryMib = parsed.GetValue(Memory),
            KeystoresAt =
            [
                .. (await signer.ListClustersAsync()).SelectMany(cluster => cluster.ExportedTo).Distinct().Where(CeremonyFolder.MayHold),
            ],
        };
        var line = order.Keyshares is null
            ? await KeystoreProgress.ShowAsync(CountKeystores(order.Node), report => signer.ImportClusterAsync(order, report, cancellation))
            : await signer.ImportClusterAsync(order, progress: null, cancellation);
        HistoryNote.Write(line.WithoutList);
        if (order.ParkedUntil is not null && line.Parked.Count == 0)
        {
            StandardError.Console.WriteLine(
                "nothing was parked, so --parked-until has no effect: shares that were out for a ceremony stay until 'cluster commit'"
            );
        }

        var next = signer.IsRunning ? "they sign from now on" : "they are open after the next start";
        return Finish(
            parsed,
            line,
            order.Keyshares is null && line.Shares.Any(share => share.Done == ClusterImportLine.Sealed)
                ? $"{next}. {WhatKeystoresAreFor}"
                : next
        );
    }

    // Charon's commands that change a cluster read shares from files, and from nowhere else.
    private const string WhatKeystoresAreFor =
        "Before the keystores and their passwords are destroyed, know what needs them: Charon's edit commands "
        + "(replace-operator, add-operators, remove-operators, recreate-private-keys) and its exit, deposit and feerecipient "
        + "sign read keystore files. Without these, exits, registrations and deposits are made with 'remote-signer cluster'; "
        + "resharing takes the keystores from your offline backup, or 'remote-signer keys export --for-ceremony', which needs "
        + "a recovery key of the vault ('seal enrol --recovery') and keeps these shares from "
        + "signing until the ceremony has ended. Then destroy what lies on this machine";

    private static bool IsUnchanged(ClusterImportLine line) =>
        line.Yielded.Count == 0 && line.Shares.All(share => share.Done == ClusterImportLine.Unchanged);

    private static DateTimeOffset ReadTime(string text, DateTimeOffset now)
    {
        if (
            text.Length > 1
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && text[^1] is 'd' or 'h'
            && count is > 0 and < 10_000
        )
        {
            return now + (text[^1] == 'd' ? TimeSpan.FromDays(count) : TimeSpan.FromHours(count));
        }

        return
            DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
            && time > now
            ? time
            : throw CliError.OfUsage($"'{text}' is not a time in the future", "write --parked-until 7d, 12h or 2026-12-24T12:00:00Z");
    }

    // For the progress bar alone.
    private static int CountKeystores(string? node) =>
        node is not null && Directory.Exists(node)
            ? Directory.EnumerateFiles(node, "keystore-*.json", SearchOption.AllDirectories).Count()
            : ExitCodes.Done;

    /// <summary>Which document, and why it may be believed.</summary>
    internal static ClusterOrder OrderOf(ParseResult parsed) =>
        parsed.Order() with
        {
            Lock = AnchorOptions.Full(parsed.GetValue(LockFile)),
            Keyshares = AnchorOptions.Full(parsed.GetValue(SsvOptions.KeysharesFile)),
            OperatorKey = AnchorOptions.Full(parsed.GetValue(SsvOptions.OperatorKey)),
            OperatorPassword = AnchorOptions.Full(parsed.GetValue(SsvOptions.PasswordFile)),
        };

    internal static int Finish(ParseResult parsed, ClusterImportLine line, string next)
    {
        if (parsed.GetValue(CommandLine.Json))
        {
            Output.Write(true, line, CliContext.Default.ClusterImportLine, _ => throw new System.Diagnostics.UnreachableException());
        }

        foreach (var note in line.Notes)
        {
            StandardError.Console.WriteLine(note);
        }

        StandardError.Console.WriteLine(
            line.Shares.Count == 0
                ? $"keeps the document {line.ClusterHash} of {line.Validators} validators, anchored by "
                    + $"{line.Anchor}; shares of it that are pushed know where they belong"
                : $"the cluster {line.ClusterHash}, {line.Shares.Count} of {line.Validators} validators, index "
                    + $"{line.ShareIndex}: {line.Summary}; "
                    + (IsUnchanged(line) ? "nothing was to be done" : next)
        );
        if (line.Parked.Count > 0)
        {
            StandardError.Console.WriteLine(
                "the shares that were replaced are parked and sign nothing: 'remote-signer cluster revert' brings them "
                    + "back as a set, 'cluster commit' gives them up once the new ones have proven themselves"
            );
        }

        return ExitCodes.Done;
    }
}
