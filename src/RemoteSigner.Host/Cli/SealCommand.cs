using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>seal</c>: the keys outside the vault that open it.</summary>
internal static class SealCommand
{
    private static readonly Option<string?> Recovery = new("--recovery") { Description = "instead of a key in the token: the PEM of an RSA public key (3072 bits or more) whose private half lies offline", HelpName = "FILE" };
    private static readonly Option<string> PrivateKey = new("--key") { Description = "PEM of the recovery private key; carry it off this machine afterwards", HelpName = "FILE", Required = true };
    private static readonly Option<string?> PrivateKeyPassword = new("--key-password-file") { Description = "file with the password of that PEM", HelpName = "FILE" };

    public static Command Create()
    {
        var enrol = new Command("enrol", "Make one more key-encryption key in the token, prove it, and give it a slot of the vault") { Recovery };
        enrol.SetAction((parsed, _) => parsed.GetValue(Recovery) is { } pem ? EnrolRecoveryAsync(parsed, pem) : ChangeAsync(parsed, "seal.enrol", TokenKeyAsync, AddSlotAsync));
        var rotate = new Command("rotate", "Seal under a new key: add its slot, open through it, then drop the old one");
        rotate.SetAction((parsed, _) => ChangeAsync(parsed, "seal.rotate", TokenKeyAsync, (data, arena, old, replacement) =>
            SealEnrolment.RotateAsync(data.VaultFile, arena, old, replacement)));
        var recover = new Command("recover", "Open the vault with the recovery key and give a new key in the token a slot") { PrivateKey, PrivateKeyPassword };
        recover.SetAction((parsed, _) => ChangeAsync(parsed, "seal.recover", (_, arena) => Task.FromResult<IKeyEncryptionKey>(ReadRecoveryKey(parsed, arena)), AddSlotAsync));
        var status = new Command("status", "Show the slots of the vault");
        status.SetAction((parsed, _) => Task.FromResult(Status(parsed)));
        return new Command("seal", "How the vault is sealed (stop the signer before a change)") { enrol, rotate, recover, status };
    }

    private static Task<IKeyEncryptionKey> TokenKeyAsync(SealedKeys keys, SecretArena arena) => keys.FindKeyAsync();

    private static async Task AddSlotAsync(DataDirectory data, SecretArena arena, IKeyEncryptionKey old, IKeyEncryptionKey added)
    {
        using var vault = await Vault.OpenAsync(data.VaultFile, arena, old);
        await vault.AddSlotAsync(added);
    }

    private static RecoveryKey ReadRecoveryKey(ParseResult parsed, SecretArena arena)
    {
        const int MostBytes = 64 * 1024;
        var path = parsed.GetValue(PrivateKey)!;
        using var pem = SecretFile.Read(path, arena, MostBytes);
        using var password = parsed.GetValue(PrivateKeyPassword) is { } file ? new PinSource.FromFile(file).Read(arena) : null;
        return RecoveryKey.FromPrivatePem(pem, password, Path.GetFileName(path), arena);
    }

    private static async Task<int> EnrolRecoveryAsync(ParseResult parsed, string path)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options.Seal, arena, TimeProvider.System);
        using var recovery = RecoveryKey.FromPublicPem(await File.ReadAllTextAsync(path), Path.GetFileName(path), arena);
        await AddSlotAsync(signer.Data, arena, await keys.FindKeyAsync(), recovery);
        await signer.RecordAsync("seal.enrol", $"recovery key {recovery.Label} ({Convert.ToHexStringLower(recovery.Id.Span)})");
        await OfflineFreshness.KeepCleanAsync(signer, keys);
        StandardError.Console.WriteLine("the vault has a recovery slot: whoever has the private key and a copy of the vault has the shares");
        return 0;
    }

    private static async Task<int> ChangeAsync(
        ParseResult parsed,
        string action,
        Func<SealedKeys, SecretArena, Task<IKeyEncryptionKey>> open,
        Func<DataDirectory, SecretArena, IKeyEncryptionKey, IKeyEncryptionKey, Task> change)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options.Seal, arena, TimeProvider.System);
        var old = await open(keys, arena);
        var enrolment = await SealEnrolment.EnrolAsync(keys.Token, signer.Options.Seal.Key, TimeProvider.System);
        await change(signer.Data, arena, old, enrolment.Key);
        (old as IDisposable)?.Dispose();
        var report = enrolment.Report;
        await signer.RecordAsync(action, $"key {report.KeyLabel} ({report.KeyId}) by {report.Mechanism} in token {report.TokenLabel} ({report.TokenSerial})");
        await OfflineFreshness.KeepCleanAsync(signer, keys);
        EnrolmentView.Write(report, parsed.GetValue(CommandLine.Json));
        return 0;
    }

    private static int Status(ParseResult parsed)
    {
        var listing = Vault.List(parsed.DataDirectory().VaultFile);
        var line = new SealLine(
            listing.VaultId.ToString(),
            listing.Generation,
            listing.Shares.Count,
            [.. listing.Slots.Select(slot => new SealLine.Slot(slot.Type.ToString(), Convert.ToHexStringLower(slot.KeyId.Span), slot.Label))],
            listing.Authenticated);
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.SealLine, vault => Output.Rows(
            vault.Slots, ["slot", "key id", "label"], slot => [slot.Type, slot.KeyId, slot.Label]));
        StandardError.Console.WriteLine($"vault {line.VaultId}, generation {line.Generation}, {line.Shares} shares; read without opening it, so not proven");
        return 0;
    }
}
