using System.CommandLine;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Control;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>seal</c>: the keys outside the vault that open it.</summary>
internal static class SealCommand
{
    private static readonly Option<string?> Recovery = new("--recovery")
    {
        Description = "instead of a key in the token: the PEM of an RSA public key (3072 bits or more) whose private half lies offline",
        HelpName = "FILE",
    };
    private static readonly Argument<string> KeyId = new("KEY-ID") { Description = "id of the key, as 'seal status' shows it" };

    public static Command Create()
    {
        var enrol = new Command("enrol", "Make one more key-encryption key in the token, prove it, and give it a slot of the vault")
        {
            Recovery,
        };
        enrol.SetAction((parsed, _) => parsed.GetValue(Recovery) is { } pem ? EnrolRecoveryAsync(parsed, pem) : EnrolAsync(parsed));
        var rotate = new Command(
            "rotate",
            "Seal under a new key in the token and another root key: the old key's "
                + "slot goes, and what it opens it opens in old copies alone"
        );
        RekeyOptions.AddTo(rotate);
        rotate.SetAction((parsed, _) => RotateAsync(parsed));
        var rekey = new Command(
            "rekey",
            "Give the vault another root key: whatever an older one, an older copy of the vault "
                + "or of a device opens, it opens nothing that comes in from now on"
        );
        RekeyOptions.AddTo(rekey);
        rekey.SetAction((parsed, _) => RekeyAsync(parsed));
        var remove = new Command(
            "remove",
            "Take a slot away, of a device that must no longer open the vault, and give the vault another "
                + "root key: copies of the vault still have the slot, and it opens those alone"
        )
        {
            KeyId,
        };
        RekeyOptions.AddTo(remove);
        remove.SetAction((parsed, _) => RemoveAsync(parsed));
        var recover = new Command(
            "recover",
            "Open the vault with the recovery key, give a new key in the token a slot, and the "
                + "vault another root key: the slots of devices that are not here end"
        )
        {
            RecoveryOptions.Key,
            RecoveryOptions.Password,
        };
        RekeyOptions.AddTo(recover);
        recover.SetAction((parsed, _) => RecoverAsync(parsed));
        var status = new Command("status", "Show the slots of the vault, and what this machine's hardware protects from and what not");
        status.SetAction((parsed, _) => Task.FromResult(Status(parsed)));
        return new Command(
            "seal",
            "How the vault is sealed: 'status', 'rotate' and 'rekey' work while the signer runs, the others want it stopped"
        )
        {
            enrol,
            rotate,
            rekey,
            remove,
            recover,
            status,
        };
    }

    private static async Task<int> EnrolRecoveryAsync(ParseResult parsed, string path)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var recovery = RecoveryKey.FromPublicPem(BoundedFile.ReadAllText(path), Path.GetFileName(path), signer.Arena);
        signer.Site.Key = signer.Keys.FindKeyForChangeAsync;
        await signer.ExecuteAsync(new AddRecoverySlot(recovery));
        StandardError.Console.WriteLine(
            "the vault has a recovery slot: whoever has the private key and a copy of the vault has the shares"
        );
        return ExitCodes.Done;
    }

    private static async Task<int> RotateAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        EnrolmentView.Write(await signer.RotateSealAsync(RekeyOptions.Get(parsed)), parsed.GetValue(CommandLine.Json));
        return ExitCodes.Done;
    }

    private static async Task<int> RekeyAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenVerbsAsync(parsed);
        var line = await signer.RekeySealAsync(RekeyOptions.Get(parsed));
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.RekeyLine, vault =>
            Output.Rows(vault.Slots, ["slot", "key id", "label"], slot => [slot.Type, slot.KeyId, slot.Label])
        );
        StandardError.Console.WriteLine(
            $"vault {line.VaultId} has another root key (number {line.RootKey}), generation {line.Generation}, "
                + $"{line.Shares} shares; what older copies open they still open, but nothing newer"
        );
        return ExitCodes.Done;
    }

    private static async Task<int> EnrolAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        RequireToken(signer);
        signer.Site.Key = signer.Keys.FindKeyForChangeAsync;
        EnrolmentView.Write(
            await signer.ExecuteAsync(new AddTokenSlot(signer.Keys.Hardware.Token, signer.Options.Seal.Key, TimeProvider.System)),
            parsed.GetValue(CommandLine.Json)
        );
        return ExitCodes.Done;
    }

    private static async Task<int> RecoverAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        RequireToken(signer);
        using var recovery = RecoveryOptions.Get(parsed, signer.Arena);
        using var reach = new OpenReach(signer.Keys, signer.Options, [recovery], RekeyOptions.Get(parsed), signer.Arena);
        signer.Site.Key = () => Task.FromResult<IKeyEncryptionKey>(recovery);
        EnrolmentView.Write(
            await signer.ExecuteAsync(
                AddTokenSlot.AfterLoss(signer.Keys.Hardware.Token, signer.Options.Seal.Key, reach.Slots, TimeProvider.System)
            ),
            parsed.GetValue(CommandLine.Json)
        );
        TellSlots(signer);
        return ExitCodes.Done;
    }

    private static async Task<int> RemoveAsync(ParseResult parsed)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        var present = await signer.Keys.FindKeyAsync();
        using var reach = new OpenReach(signer.Keys, signer.Options, [present], RekeyOptions.Get(parsed), signer.Arena);
        await signer.ExecuteAsync(new RemoveSlot(parsed.GetValue(KeyId)!, present, reach.Slots));
        StandardError.Console.WriteLine(
            "the slot is gone from the vault, which has another root key: what the "
                + "device opens in older copies it still opens, but nothing newer"
        );
        return ExitCodes.Done;
    }

    private static void RequireToken(OfflineSigner signer)
    {
        if (signer.Options.SealsWithTpm)
        {
            throw new CliError(
                "seal.profile in signer.json is tpm, and this command makes a key in a token",
                "for the TPM there is 'remote-signer tpm provision'; for a token, name it "
                    + "in signer.json first: the vault still opens by the TPM"
            );
        }
    }

    private static void TellSlots(OfflineSigner signer) =>
        StandardError.Console.WriteLine(
            "the vault has another root key, and opens by "
                + string.Join(
                    ", ",
                    Vault.List(signer.Data.VaultFile).Slots.Select(slot => $"{slot.Label} ({slot.Type.Name()} {slot.KeyIdText})")
                )
        );

    private static int Status(ParseResult parsed)
    {
        var data = parsed.DataDirectory();
        var listing = Vault.List(data.VaultFile);
        var line = new SealLine(
            listing.VaultId.ToString(),
            listing.Generation,
            listing.Shares.Count,
            [.. listing.Slots.Select(slot => new SealLine.Slot(slot.Type.Name(), Convert.ToHexStringLower(slot.KeyId.Span), slot.Label))],
            listing.Authenticated,
            File.Exists(data.OptionsFile) ? ProtectionLine.AllOf(data, data.ReadOptions(), listing) : []
        );
        Output.Write(parsed.GetValue(CommandLine.Json), line, CliContext.Default.SealLine, vault =>
            Output.Rows(vault.Slots, ["slot", "key id", "label"], slot => [slot.Type, slot.KeyId, slot.Label])
        );
        StandardError.Console.WriteLine(
            $"vault {line.VaultId}, generation {line.Generation}, {line.Shares} shares; read without opening it, so not proven"
        );
        StandardError.Console.WriteLines(string.Join('\n', line.Protection));
        return ExitCodes.Done;
    }
}
