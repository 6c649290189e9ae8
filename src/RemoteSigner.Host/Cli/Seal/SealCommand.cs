using System.CommandLine;
using RemoteSigner.Administration.Seals;
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
        enrol.SetAction((parsed, _) => parsed.GetValue(Recovery) is { } pem ? EnrolRecoveryAsync(parsed, pem) : ChangeAsync(parsed, "seal.enrol", signer => signer.Keys.FindKeyForChangeAsync()));
        var rotate = new Command("rotate", "Seal under a new key: add its slot, open through it, then drop the old one");
        rotate.SetAction((parsed, _) => RotateAsync(parsed));
        var remove = new Command("remove", "Take a slot away, of a device that is to open the vault no more; copies of the vault still have it") { KeyId };
        remove.SetAction((parsed, _) => RemoveAsync(parsed));
        var recover = new Command("recover", "Open the vault with the recovery key and give a new key in the token a slot") { RecoveryOptions.Key, RecoveryOptions.Password };
        recover.SetAction((parsed, _) => ChangeAsync(parsed, "seal.recover", signer => Task.FromResult<IKeyEncryptionKey>(RecoveryOptions.Get(parsed, signer.Arena))));
        var status = new Command("status", "Show the slots of the vault");
        status.SetAction((parsed, _) => Task.FromResult(Status(parsed)));
        return new Command("seal", "How the vault is sealed: 'status' and 'rotate' work while the signer runs, the others want it stopped") { enrol, rotate, remove, recover, status };
    }

    private static async Task<int> EnrolRecoveryAsync(ParseResult parsed, string path)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var recovery = RecoveryKey.FromPublicPem(BoundedFile.ReadAllText(path), Path.GetFileName(path), signer.Arena);
        signer.Site.Key = signer.Keys.FindKeyForChangeAsync;
        await signer.ExecuteAsync(new AddRecoverySlot(recovery));
        StandardError.Console.WriteLine("the vault has a recovery slot: whoever has the private key and a copy of the vault has the shares");
        return 0;
    }

    private static async Task<int> RotateAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        EnrolmentView.Write(await signer.RotateSealAsync(), parsed.GetValue(CommandLine.Json));
        return 0;
    }

    private static async Task<int> ChangeAsync(ParseResult parsed, string action, Func<OfflineSigner, Task<IKeyEncryptionKey>> open)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        if (signer.Options.SealsWithTpm)
        {
            throw new CliError("seal.profile in signer.json is tpm, and this command makes a key in a token", "for the TPM there is 'remote-signer tpm provision'; for a token, name it in signer.json first: the vault still opens by the TPM");
        }

        var present = await open(signer);
        using var owned = present as IDisposable;
        signer.Site.Key = () => Task.FromResult(present);
        var report = await signer.ExecuteAsync(new AddTokenSlot(action, signer.Keys.Hardware.Token, signer.Options.Seal.Key, null, TimeProvider.System));
        EnrolmentView.Write(report, parsed.GetValue(CommandLine.Json));
        return 0;
    }

    private static async Task<int> RemoveAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var present = await signer.Keys.FindKeyAsync();
        await signer.ExecuteAsync(new RemoveSlot(parsed.GetValue(KeyId)!, present));
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
