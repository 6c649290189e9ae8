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
    private static readonly Argument<string> KeyId = new("KEY-ID") { Description = "id of the key, as 'seal status' shows it" };

    public static Command Create()
    {
        var enrol = new Command("enrol", "Make one more key-encryption key in the token, prove it, and give it a slot of the vault") { Recovery };
        enrol.SetAction((parsed, _) => parsed.GetValue(Recovery) is { } pem ? EnrolRecoveryAsync(parsed, pem) : ChangeAsync(parsed, "seal.enrol", TokenKeyAsync, AddSlotAsync));
        var rotate = new Command("rotate", "Seal under a new key: add its slot, open through it, then drop the old one");
        rotate.SetAction((parsed, _) => ChangeAsync(parsed, "seal.rotate", TokenKeyAsync, (data, arena, old, replacement) =>
            SealEnrolment.RotateAsync(data.VaultFile, arena, old, replacement)));
        var remove = new Command("remove", "Take a slot away, of a device that is to open the vault no more; copies of the vault still have it") { KeyId };
        remove.SetAction((parsed, _) => RemoveAsync(parsed));
        var recover = new Command("recover", "Open the vault with the recovery key and give a new key in the token a slot") { RecoveryOptions.Key, RecoveryOptions.Password };
        recover.SetAction((parsed, _) => ChangeAsync(parsed, "seal.recover", (_, arena) => Task.FromResult<IKeyEncryptionKey>(RecoveryOptions.Get(parsed, arena)), AddSlotAsync));
        var status = new Command("status", "Show the slots of the vault");
        status.SetAction((parsed, _) => Task.FromResult(Status(parsed)));
        return new Command("seal", "How the vault is sealed (stop the signer before a change)") { enrol, rotate, remove, recover, status };
    }

    private static Task<IKeyEncryptionKey> TokenKeyAsync(SealedKeys keys, SecretArena arena) => keys.FindKeyForChangeAsync();

    private static async Task AddSlotAsync(DataDirectory data, SecretArena arena, IKeyEncryptionKey old, IKeyEncryptionKey added)
    {
        using var vault = await Vault.OpenAsync(data.VaultFile, arena, old);
        await vault.AddSlotAsync(added);
    }

    private static async Task<int> EnrolRecoveryAsync(ParseResult parsed, string path)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
        using var recovery = RecoveryKey.FromPublicPem(await File.ReadAllTextAsync(path), Path.GetFileName(path), arena);
        await AddSlotAsync(signer.Data, arena, await keys.FindKeyForChangeAsync(), recovery);
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
        using var keys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
        if (signer.Options.SealsWithTpm)
        {
            throw new CliError("seal.profile in signer.json is tpm, and this command makes a key in a token", "for the TPM there is 'remote-signer tpm provision'; for a token, name it in signer.json first: the vault still opens by the TPM");
        }

        var old = await open(keys, arena);
        var enrolment = await SealEnrolment.EnrolAsync(keys.Hardware.Token, signer.Options.Seal.Key, TimeProvider.System);
        await change(signer.Data, arena, old, enrolment.Key);
        (old as IDisposable)?.Dispose();
        var report = enrolment.Report;
        await signer.RecordAsync(action, $"key {report.KeyLabel} ({report.KeyId}) by {report.Mechanism} in token {report.TokenLabel} ({report.TokenSerial})");
        await OfflineFreshness.KeepCleanAsync(signer, keys);
        EnrolmentView.Write(report, parsed.GetValue(CommandLine.Json));
        return 0;
    }

    private static async Task<int> RemoveAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
        var present = await keys.FindKeyAsync();
        using (var vault = await Vault.OpenAsync(signer.Data.VaultFile, arena, present))
        {
            var slot = vault.Contents.Slots.FirstOrDefault(slot => string.Equals(Convert.ToHexString(slot.KeyId.Span), parsed.GetValue(KeyId), StringComparison.OrdinalIgnoreCase))
                ?? throw new CliError($"the vault has no slot for a key {parsed.GetValue(KeyId)}", "'remote-signer seal status' lists the slots");
            if (slot.Type == present.SlotType && slot.KeyId.Span.SequenceEqual(present.Id.Span))
            {
                throw new CliError($"this is the slot by which signer.json opens the vault ({slot.Label})", "name the other device in signer.json first");
            }

            vault.RemoveSlot(slot.Type, slot.KeyId);
            await signer.RecordAsync("seal.remove", $"{slot.Type} slot of {slot.Label} ({Convert.ToHexStringLower(slot.KeyId.Span)})");
        }

        await OfflineFreshness.KeepCleanAsync(signer, keys);
        StandardError.Console.WriteLine("the slot is gone from the vault; backups of the vault still have it");
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
