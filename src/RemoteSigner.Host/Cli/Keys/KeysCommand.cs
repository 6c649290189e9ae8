using System.CommandLine;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Host.Control;
using RemoteSigner.Keys;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary><c>keys</c>: shares into the vault, and what is in it.</summary>
internal static class KeysCommand
{
    private static readonly Option<string> Keystores = new("--keystores")
    {
        Description =
            "an EIP-2335 keystore, a folder of them, or the folder in which Charon, "
            + "Dirk, ethdo, Lighthouse, Lodestar, Nimbus or Teku keeps them",
        HelpName = "PATH",
        Required = true,
    };
    private static readonly Option<string?> Passwords = new("--passwords")
    {
        Description = "folder of password files, or one file for all; else they lie beside the keystores, or where the client keeps them",
        HelpName = "PATH",
    };
    private static readonly Option<string?> Slashing = new("--slashing")
    {
        Description = "EIP-3076 interchange file with what these keys have signed",
        HelpName = "FILE",
    };
    private static readonly Option<bool> NeverSigned = new("--never-signed")
    {
        Description = "these keys have never signed anything anywhere",
    };
    private static readonly Option<bool> DryRunOnly = new("--dry-run")
    {
        Description =
            "only tell what was found and what would become of it: no keystore is opened, nothing is "
            + "changed, no PIN is wanted; exit code 1 when a key would be refused",
    };
    private static readonly Option<int> Memory = new("--memory-mib")
    {
        Description = "memory for opening keystores; scrypt takes 256 MiB for each that is being opened",
        HelpName = "MIB",
        DefaultValueFactory = _ => 1024,
    };
    private static readonly Option<string> OrphansOf = new("--orphans-of")
    {
        Description = "the time of the push, as 'keys list' shows it",
        HelpName = "TIME",
        Required = true,
    };
    private static readonly Argument<string> Key = new("KEY") { Description = "public key of the share" };

    public static Command Create()
    {
        var import = new Command(
            "import",
            "Seal the shares of keystores into the vault; all of them or none. The keystores are never read again"
        )
        {
            Keystores,
            Passwords,
            Slashing,
            NeverSigned,
            DryRunOnly,
            Memory,
        };
        import.SetAction((parsed, cancellation) => ImportAsync(parsed, cancellation));
        var list = new Command("list", "List the shares in the vault");
        list.SetAction((parsed, _) => ListAsync(parsed));
        var delete = new Command("delete", "Take a share out of the vault; its slashing history stays, and with it the refusal to sign")
        {
            Key,
        };
        delete.SetAction((parsed, _) => DeleteAsync(parsed));
        var enable = new Command("enable", "Let a key that was deleted here sign again, once it is imported anew, with the history it had")
        {
            Key,
        };
        enable.SetAction((parsed, _) => EnableAsync(parsed));
        var drop = new Command("drop", "Take out shares that were pushed in a ceremony that failed: those of one push that no document has")
        {
            OrphansOf,
        };
        drop.SetAction((parsed, _) => DropAsync(parsed));
        return new Command("keys", "The key shares of this signer: 'enable' and 'export' want it stopped, the others work while it runs")
        {
            import,
            list,
            delete,
            drop,
            enable,
            KeyExportCommand.CreateExport(),
            KeyExportCommand.CreateVoid(),
        };
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        CliError.RefuseBoth(parsed, NeverSigned, Slashing, "a key either has a history, which the file tells, or none");
        var isDryRun = parsed.GetValue(DryRunOnly);
        if (!isDryRun && !parsed.GetValue(NeverSigned) && parsed.GetValue(Slashing) is null)
        {
            throw new CliError(
                "the slashing history of these keys is missing",
                "give --slashing FILE with their history, or --never-signed if they are new: a wrong "
                    + "answer can get them slashed. --dry-run shows what is known of each"
            );
        }

        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var survey = KeystoreFolder.Survey(parsed.GetValue(Keystores)!, parsed.GetValue(Passwords));
        await using var history = parsed.GetValue(Slashing) is { } path ? File.OpenRead(path) : null;
        LockWarning.Write(survey.FindLocks());
        if (isDryRun)
        {
            return Tell(parsed, await DryRun.OfAsync(survey, signer, parsed.GetValue(NeverSigned), history));
        }

        var files = survey.Files();
        var done = await KeystoreProgress.ShowAsync(files.Count, report =>
            signer.ImportKeysAsync(files, history, parsed.GetValue(Memory), report, cancellation)
        );
        HistoryNote.Write(done.WithoutList);
        if (survey.Rest is [var first, ..])
        {
            StandardError.Console.WriteLine(
                $"{survey.Rest.Count} files and folders were passed over and did not come in "
                    + $"(--dry-run names all), the first is {first.Path}: {first.Reason}"
            );
        }

        StandardError.Console.WriteLine(
            $"sealed {done.Count} keys; {(signer.IsRunning ? "they sign from now on" : "they are open after the next start")}"
                + ". Now destroy the keystores and their passwords"
        );
        return ExitCodes.Done;
    }

    private static int Tell(ParseResult parsed, DryRun found)
    {
        Output.Write(parsed.GetValue(CommandLine.Json), found, CliContext.Default.DryRun, one => one.Table());
        var console = StandardError.Console;
        foreach (var rest in found.PassedOver)
        {
            console.WriteLine($"passed over {rest.Path}: {rest.Reason}");
        }

        var against = found.Keys.Where(key => key.Problem is not null).ToList();
        foreach (var key in against)
        {
            console.WriteLine($"{key.Outcome}: {key.File}: {key.Problem} ({key.Hint})");
        }

        console.WriteLine(
            found.WouldImport
                ? $"nothing was changed; all {found.Keys.Count} keys would go in. Next: stop whatever "
                    + "signs with them, for good, and give the same command without --dry-run"
            : against.Count == 0
                ? "nothing was changed; every key has a history here. Next: give --slashing FILE with what they have signed since"
            : $"nothing was changed; {against.Count} of {found.Keys.Count} keys would not go in, and then "
                + "none does. Next: mend what is listed above, or give the others by themselves"
        );
        return found.WouldImport ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<int> ListAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var lines = await signer.ListKeysAsync();
        Output.Write(
            parsed.GetValue(CommandLine.Json),
            lines,
            CliContext.Default.IReadOnlyListKeyLine,
            ["public key", "group key", "index", "from", "state", "place"],
            line =>
                [
                    line.PublicKey,
                    line.GroupKey,
                    line.ShareIndex == 0 ? null : line.ShareIndex.ToString(),
                    line.Label,
                    line.State,
                    line.Place,
                ]
        );
        foreach (
            var ceremony in lines
                .Where(line => line.Place is KeyLine.Waiting or KeyLine.Orphan)
                .GroupBy(line => (line.Ceremony, line.Place))
        )
        {
            StandardError.Console.WriteLine(
                ceremony.Key.Place == KeyLine.Orphan
                    ? $"{ceremony.Count()} shares of the push of {ceremony.Key.Ceremony} have no document, and those of a "
                        + "later push have theirs: if that ceremony failed, 'remote-signer keys "
                        + $"drop --orphans-of {ceremony.Key.Ceremony}' takes them out"
                    : $"{ceremony.Count()} shares of the push of {ceremony.Key.Ceremony} wait for their "
                        + "document: 'remote-signer cluster add-lock' or 'cluster bind' tells them"
            );
        }

        return ExitCodes.Done;
    }

    private static async Task<int> DropAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var count = await signer.DropCeremonyAsync(parsed.GetValue(OrphansOf)!);
        StandardError.Console.WriteLine($"took out {count} shares that no document has; backups of the vault may still hold them");
        return ExitCodes.Done;
    }

    private static async Task<int> EnableAsync(ParseResult parsed)
    {
        var key = ReadKey(parsed);
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        if (!await signer.ExecuteAsync(new AllowKeyAgain(key)))
        {
            throw new CliError(
                $"{key} was not deleted for good here",
                "'remote-signer slashing status' shows the state of every key; one that "
                    + "was deleted may be imported again after this command"
            );
        }

        StandardError.Console.WriteLine($"{key} may be imported again, with the history it had; it signs nothing before that");
        return ExitCodes.Done;
    }

    private static BlsPublicKey ReadKey(ParseResult parsed) =>
        BlsPublicKey.TryParse(parsed.GetValue(Key), out var key)
            ? key
            : throw new CliError($"'{parsed.GetValue(Key)}' is not a public key", "48 bytes in hex, as 'remote-signer keys list' shows it");

    private static async Task<int> DeleteAsync(ParseResult parsed)
    {
        var key = ReadKey(parsed);
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        await signer.DeleteKeyAsync(key.ToString());
        StandardError.Console.WriteLine(
            $"deleted {key}; backups of the vault may still hold it. Before the key moves: 'remote-signer slashing export'"
        );
        return ExitCodes.Done;
    }
}
