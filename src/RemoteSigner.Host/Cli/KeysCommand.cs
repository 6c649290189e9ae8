using System.CommandLine;
using RemoteSigner.Audit;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>keys</c>: shares into the vault, and what is in it.</summary>
internal static class KeysCommand
{
    private static readonly Option<string> Keystores = new("--keystores") { Description = "an EIP-2335 keystore, a folder of them, or Charon's validator_keys", HelpName = "PATH", Required = true };
    private static readonly Option<string?> Passwords = new("--passwords") { Description = "folder of password files, or one file for all; else they lie beside the keystores", HelpName = "PATH" };
    private static readonly Option<string?> Slashing = new("--slashing") { Description = "EIP-3076 interchange file with what these keys have signed", HelpName = "FILE" };
    private static readonly Option<bool> NeverSigned = new("--never-signed") { Description = "these keys have never signed anything anywhere" };
    private static readonly Option<int> Memory = new("--memory-mib") { Description = "memory for opening keystores; scrypt takes 256 MiB for each that is being opened", HelpName = "MIB", DefaultValueFactory = _ => 1024 };
    private static readonly Argument<string> Key = new("KEY") { Description = "public key of the share" };

    public static Command Create()
    {
        var import = new Command("import", "Seal the shares of keystores into the vault; all of them or none. The keystores are never read again") { Keystores, Passwords, Slashing, NeverSigned, Memory };
        import.SetAction((parsed, cancellation) => ImportAsync(parsed, cancellation));
        var list = new Command("list", "List the shares in the vault");
        list.SetAction((parsed, _) => Task.FromResult(List(parsed)));
        var delete = new Command("delete", "Take a share out of the vault; its slashing history stays, and with it the refusal to sign") { Key };
        delete.SetAction((parsed, _) => DeleteAsync(parsed));
        var enable = new Command("enable", "Let a key that was deleted here sign again, once it is imported anew, with the history it had") { Key };
        enable.SetAction((parsed, _) => EnableAsync(parsed));
        return new Command("keys", "The key shares of this signer (stop it before a change)") { import, list, delete, enable };
    }

    private static async Task<int> ImportAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(NeverSigned) == (parsed.GetValue(Slashing) is not null))
        {
            throw new CliError(
                "what these keys have signed must be said", "give --slashing FILE with their history, or --never-signed if they are new: a wrong answer can get them slashed");
        }

        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
        var files = KeystoreFolder.Find(parsed.GetValue(Keystores)!, parsed.GetValue(Passwords));
        using var vault = await keys.OpenVaultAsync();
        OfflineFreshness.RequireNewest(signer.Found.Start, vault.Contents.Generation);
        var imported = await KeystoreProgress.ShowAsync(files.Count, report => KeystoreImport.DecryptAllAsync(files, arena, parsed.GetValue(Memory) * 1024L * 1024, report, cancellation));
        try
        {
            await using var history = parsed.GetValue(Slashing) is { } path ? File.OpenRead(path) : null;
            await signer.Intake.TakeAsync(vault, new IntakeOrder(
                [.. imported.Select(key => new VaultShare(key.PublicKey, null, null, Label(key.Path), key.Secret))],
                history is null ? SlashingFloor.NeverSigned : SlashingFloor.FromHistory)
            { History = history });
        }
        finally
        {
            foreach (var key in imported)
            {
                key.Dispose();
            }
        }

        await SlashingCommand.EndFloorIfCompleteAsync(signer);
        await OfflineFreshness.KeepCleanAsync(signer, keys);
        StandardError.Console.WriteLine($"sealed {imported.Count} keys; they are open after the next start or reload. Now destroy the keystores and their passwords");
        return 0;
    }

    private static int List(ParseResult parsed)
    {
        var listing = Vault.List(parsed.DataDirectory().VaultFile);
        IReadOnlyList<KeyLine> lines = [.. listing.Shares.Select(share => new KeyLine(share.ShareKey.ToString(), share.GroupKey?.ToString(), share.Membership?.ShareIndex ?? 0, share.Label))];
        Output.Write(parsed.GetValue(CommandLine.Json), lines, CliContext.Default.IReadOnlyListKeyLine, all => Output.Rows(
            all, ["public key", "group key", "index", "from"], line => [line.PublicKey, line.GroupKey, line.ShareIndex == 0 ? null : line.ShareIndex.ToString(), line.Label]));
        return 0;
    }

    private static async Task<int> EnableAsync(ParseResult parsed)
    {
        var key = ReadKey(parsed);
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        if (!await signer.Slashing.EnableAsync(key))
        {
            throw new CliError($"{key} has no slashing history here", "'remote-signer slashing status' lists what has");
        }

        await signer.Audit.RecordAsync(new AuditEntry { Action = "key.enable", Decision = AuditDecision.Event, ShareKey = key });
        await OfflineFreshness.KeepCleanAsync(signer);
        return 0;
    }

    private static BlsPublicKey ReadKey(ParseResult parsed) => BlsPublicKey.TryParse(parsed.GetValue(Key), out var key)
        ? key
        : throw new CliError($"'{parsed.GetValue(Key)}' is not a public key", "48 bytes in hex, as 'remote-signer keys list' shows it");

    private static async Task<int> DeleteAsync(ParseResult parsed)
    {
        var key = ReadKey(parsed);
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
        using var vault = await keys.OpenVaultAsync();
        OfflineFreshness.RequireNewest(signer.Found.Start, vault.Contents.Generation);
        await TakeOutAsync(signer.Slashing, vault, key);
        await signer.Audit.RecordAsync(new AuditEntry { Action = "key.delete", Decision = AuditDecision.Event, ShareKey = key });
        await OfflineFreshness.KeepCleanAsync(signer, keys);
        StandardError.Console.WriteLine($"deleted {key}; backups of the vault may still hold it. Before the key moves: 'remote-signer slashing export'");
        return 0;
    }

    // Refusal first: a key whose removal is interrupted cannot sign, and deleting it again ends it. A key that is not in the vault is not touched at all.
    internal static async Task TakeOutAsync(SlashingProtection slashing, Vault vault, BlsPublicKey key)
    {
        if (!vault.Contents.Shares.Any(share => share.ShareKey == key))
        {
            throw new CliError($"{key} is not in the vault; nothing was changed", "'remote-signer keys list' shows what is");
        }

        await slashing.RetireAsync(key);
        vault.Remove(key);
    }

    private static string Label(string path) => Path.GetFileName(path) is { Length: > 64 } name ? name[..64] : Path.GetFileName(path);
}
