using System.CommandLine;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// <c>keys export</c> and <c>keys void-export</c>: shares as files for one ceremony, and the end of it where no document came of it.
/// </summary>
internal static class KeyExportCommand
{
    private static readonly Option<string> Ceremony = new("--for-ceremony")
    {
        Description = "the cluster of which our shares are written: its hash, the beginning of it, or its name",
        HelpName = "HASH|NAME",
        Required = true,
    };
    private static readonly Option<string> Out = new("--out")
    {
        Description =
            "folder that is made for them, on a memory file system (ramfs, or tmpfs that is never "
            + "swapped); they are written to DIR/validator_keys, Charon's layout",
        HelpName = "DIR",
        Required = true,
    };
    private static readonly Option<string> Reason = new("--reason")
    {
        Description = "which ceremony, and who asked for it: it stands in the audit log",
        HelpName = "TEXT",
        Required = true,
    };
    private static readonly Option<string> Recovery = new("--recovery-key")
    {
        Description = "PEM of the vault's recovery private key; carry it off this machine afterwards",
        HelpName = "FILE",
        Required = true,
    };
    private static readonly Option<string?> PinFile = new("--pin-file")
    {
        Description = "file with the PIN; without it the terminal is asked. The source that signer.json names does not count here",
        HelpName = "FILE",
    };
    private static readonly Argument<string> Cluster = new("HASH|NAME")
    {
        Description = "the cluster whose export is void: a document's hash, the beginning of it, or its name",
    };

    public static Command CreateExport()
    {
        var export = new Command(
            "export",
            "Write our shares of a cluster as keystores, for Charon's commands that read files: with PIN and recovery key, "
                + "while the signer is stopped. They sign nothing from then on, until 'cluster "
                + "import' of the ceremony's document or 'keys void-export'"
        )
        {
            Ceremony,
            Out,
            Reason,
            Recovery,
            RecoveryOptions.Password,
            PinFile,
        };
        export.SetAction((parsed, cancellation) => ExportAsync(parsed, cancellation));
        return export;
    }

    public static Command CreateVoid()
    {
        var end = new Command(
            "void-export",
            "Declare an export void: no copy is left. The shares sign again, or are parked where "
                + "others of their validators sign by now. Works while the signer runs"
        )
        {
            Cluster,
            Reason,
        };
        end.SetAction((parsed, _) => VoidAsync(parsed));
        return end;
    }

    private static async Task<int> ExportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        if (!signer.Options.Ceremonies.ExportKeys)
        {
            throw new CliError(
                "signer.json does not let keys leave this signer",
                "set ceremonies.exportKeys to true for the hour of the ceremony, and back afterwards"
            );
        }

        UseOwnPin(parsed, signer);
        var clusters = new ClusterVerbs(signer.Administrator, signer.Actor, signer.Slashing, signer.Options, signer.Data, signer.Arena)
        {
            Loan = DerivationLoan.OfAll,
        };
        var cluster = ClusterShowCommand.Find(await clusters.ListAsync(), parsed.GetValue(Ceremony)!).ClusterHash;
        using var recovery = RecoveryOptions.Read(parsed.GetValue(Recovery)!, parsed, signer.Arena);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(Out)!));
        var act = new ExportShares(Root.Parse(cluster), folder, parsed.GetValue(Reason)!, recovery, signer.Arena);
        act.Evaluate(Vault.List(signer.Data.VaultFile));
        var count = await signer.ExecuteAsync(act, cancellation);
        StandardError.Console.WriteLine(
            $"wrote {count} keystores to {Path.Combine(folder, "validator_keys")}. These shares sign nothing here now. After "
                + $"the ceremony: 'remote-signer cluster import' of its document; if there was none: 'rm -r {folder}', then "
                + "'remote-signer keys void-export'. Then set ceremonies.exportKeys back to false, and carry the recovery key away"
        );
        return ExitCodes.Done;
    }

    // The PIN that the service finds by itself proves nobody's presence.
    private static void UseOwnPin(ParseResult parsed, OfflineSigner signer)
    {
        var (seal, tpm) = (signer.Options.Seal, signer.Options.Tpm);
        var asks = signer.Options.SealsWithTpm
            ? TpmSeal.Of(Vault.List(signer.Data.VaultFile)) is { Count: > 0 } seals && seals.All(one => one.WantsPin)
            : TokenAccess.AsksPin(signer.Data, seal);
        if (!asks)
        {
            throw new CliError(
                "what seals this vault wants no PIN, and an export takes a PIN and the recovery key",
                "provision a slot with a PIN first: 'remote-signer tpm provision --with-pin', or a token with one"
            );
        }

        var file = parsed.GetValue(PinFile) is { } path ? Path.GetFullPath(path) : null;
        if (file is null && Console.IsInputRedirected)
        {
            throw CliError.OfUsage(
                "the PIN must be given",
                "run it at a terminal, which is asked, or give --pin-file FILE; the source that signer.json names does not count here"
            );
        }

        if (
            file is not null
            && (signer.Options.SealsWithTpm ? tpm.Pin : seal.Pin).File is { } services
            && signer.Data.Resolve(services) == file
        )
        {
            throw new CliError(
                $"{file} is where the signer itself finds its PIN, which proves nobody's presence",
                "type the PIN at the terminal, or give a file of your own with --pin-file"
            );
        }

        (seal.Pin, tpm.Pin) = (new PinOptions { File = file }, new PinOptions { File = file });
    }

    private static async Task<int> VoidAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var wanted = parsed.GetValue(Cluster)!;
        var all = await signer.ListClustersAsync();
        var named = ClusterShowCommand.Find(all, wanted);

        // A running signer may not see what this process sees: its unit hides places from it.
        foreach (var folder in all.Where(line => line.Origin == named.Origin).SelectMany(line => line.ExportedTo).Distinct())
        {
            CeremonyFolder.RequireGone(folder);
        }

        var done = await signer.VoidExportAsync(
            named.ClusterHash,
            wanted.StartsWith("0x", StringComparison.OrdinalIgnoreCase),
            parsed.GetValue(Reason)!
        );
        StandardError.Console.WriteLine(
            string.Join(
                "; ",
                new[]
                {
                    done.Active > 0
                        ? $"{done.Active} shares of {done.ClusterHash} sign {(signer.IsRunning ? "again" : "after the next start")}"
                        : null,
                    done.Parked > 0
                        ? $"{done.Parked} shares of {done.ClusterHash} are parked, because others of their validators took "
                            + "their place: 'remote-signer cluster commit' gives them up, "
                            + $"'cluster revert {done.ClusterHash}' goes back to them"
                        : null,
                }.OfType<string>()
            )
        );
        return ExitCodes.Done;
    }
}
