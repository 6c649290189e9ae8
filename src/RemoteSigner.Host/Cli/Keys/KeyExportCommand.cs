using System.CommandLine;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Audit;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Control;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary><c>keys export</c> and <c>keys void-export</c>: shares as files for one ceremony, and the end of it where no document came of it.</summary>
internal static class KeyExportCommand
{
    private static readonly Option<string> Ceremony = new("--for-ceremony") { Description = "the cluster of which our shares are written: its hash, the beginning of it, or its name", HelpName = "HASH|NAME", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "folder that is made for them, on a memory file system (ramfs, or tmpfs that is never swapped); they are written to DIR/validator_keys, Charon's layout", HelpName = "DIR", Required = true };
    private static readonly Option<string> Reason = new("--reason") { Description = "which ceremony, and who asked for it: it stands in the audit log", HelpName = "TEXT", Required = true };
    private static readonly Option<string> Recovery = new("--recovery-key") { Description = "PEM of the vault's recovery private key; carry it off this machine afterwards", HelpName = "FILE", Required = true };
    private static readonly Option<string?> PinFile = new("--pin-file") { Description = "file with the PIN; without it the terminal is asked. The source that signer.json names does not count here", HelpName = "FILE" };
    private static readonly Argument<string> Cluster = new("HASH|NAME") { Description = "the cluster whose export is void: a document's hash, the beginning of it, or its name" };

    public static Command CreateExport()
    {
        var export = new Command("export", "Write our shares of a cluster as keystores, for Charon's commands that read files: with PIN and recovery key, while the signer is stopped. They sign nothing from then on, until 'cluster import' of the ceremony's document or 'keys void-export'")
        {
            Ceremony, Out, Reason, Recovery, RecoveryOptions.Password, PinFile,
        };
        export.SetAction((parsed, cancellation) => ExportAsync(parsed, cancellation));
        return export;
    }

    public static Command CreateVoid()
    {
        var end = new Command("void-export", "Declare an export void: no copy is left. The shares sign again, or are parked where others of their validators sign by now. Works while the signer runs") { Cluster, Reason };
        end.SetAction((parsed, _) => VoidAsync(parsed));
        return end;
    }

    private static async Task<int> ExportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var wanted = parsed.GetValue(Ceremony)!;
        var reason = parsed.GetValue(Reason)!;
        if (!signer.Options.Ceremonies.ExportKeys)
        {
            await signer.Audit.RecordRefusalAsync(signer.Actor.Entry("key.export", AuditDecision.Refused) with { Rule = "not_allowed", Detail = $"of {wanted}" });
            throw new CliError("signer.json does not let keys leave this signer", "set ceremonies.exportKeys to true for the hour of the ceremony, and back afterwards");
        }

        RequireOwnPin(parsed, signer);
        var clusters = new ClusterVerbs(signer.Administrator, signer.Actor, signer.Slashing, signer.Options, signer.Data, signer.Arena);
        var cluster = ClusterShowCommand.Find(await clusters.ListAsync(), wanted).ClusterHash;
        using var recovery = RecoveryOptions.Read(parsed.GetValue(Recovery)!, parsed, signer.Arena);
        var folder = Path.GetFullPath(parsed.GetValue(Out)!);
        var count = await signer.ExecuteAsync(new ExportShares(Root.Parse(cluster), folder, reason, recovery, signer.Arena), cancellation);
        StandardError.Console.WriteLine($"wrote {count} keystores to {Path.Combine(folder, "validator_keys")}. These shares sign nothing here now. After the ceremony: 'remote-signer cluster import' of its document; if there was none: 'rm -r {folder}', then 'remote-signer keys void-export'. Then set ceremonies.exportKeys back to false, and carry the recovery key away");
        return 0;
    }

    // The PIN that the service finds by itself proves nobody's presence.
    private static void RequireOwnPin(ParseResult parsed, OfflineSigner signer)
    {
        var asks = signer.Options.SealsWithTpm
            ? TpmSeal.Of(Vault.List(signer.Data.VaultFile)) is { Count: > 0 } seals && seals.All(seal => seal.WantsPin)
            : TokenAccess.AsksPin(signer.Data, signer.Options.Seal);
        if (!asks)
        {
            throw new CliError("what seals this vault wants no PIN, and an export takes a PIN and the recovery key", "provision a slot with a PIN first: 'remote-signer tpm provision --with-pin', or a token with one");
        }

        var pin = new PinOptions { File = parsed.GetValue(PinFile) is { } file ? Path.GetFullPath(file) : null };
        (signer.Options.Seal.Pin, signer.Options.Tpm.Pin) = (pin, pin);
    }

    private static async Task<int> VoidAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var cluster = ClusterShowCommand.Find(await signer.ListClustersAsync(), parsed.GetValue(Cluster)!).ClusterHash;
        var done = await signer.VoidExportAsync(cluster, parsed.GetValue(Reason)!);
        StandardError.Console.WriteLine(string.Join("; ", new[]
        {
            done.Active > 0 ? $"{done.Active} shares of {cluster} sign {(signer.IsRunning ? "again" : "after the next start")}" : null,
            done.Parked > 0 ? $"{done.Parked} shares are parked, because others of their validators sign: 'remote-signer cluster commit' gives them up, 'cluster revert' goes back to them" : null,
        }.OfType<string>()));
        return 0;
    }
}
