using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary><c>seal</c>: the keys outside the vault that open it.</summary>
internal static class SealCommand
{
    public static Command Create()
    {
        var enrol = new Command("enrol", "Make one more key-encryption key in the token, prove it, and give it a slot of the vault");
        enrol.SetAction((parsed, _) => ChangeAsync(parsed, "seal.enrol", async (data, keys, old, enrolment) =>
        {
            using var vault = await Vault.OpenAsync(data.VaultFile, keys.Arena, old);
            await vault.AddSlotAsync(enrolment.Key);
        }));
        var rotate = new Command("rotate", "Seal under a new key: add its slot, open through it, then drop the old one");
        rotate.SetAction((parsed, _) => ChangeAsync(parsed, "seal.rotate", (data, keys, old, enrolment) =>
            SealEnrolment.RotateAsync(data.VaultFile, keys.Arena, old, enrolment.Key)));
        var status = new Command("status", "Show the slots of the vault");
        status.SetAction((parsed, _) => Task.FromResult(Status(parsed)));
        return new Command("seal", "How the vault is sealed (stop the signer before a change)") { enrol, rotate, status };
    }

    private static async Task<int> ChangeAsync(
        ParseResult parsed, string action, Func<DataDirectory, SealedKeys, IKeyEncryptionKey, Enrolment, Task> change)
    {
        await using var signer = await OfflineSigner.OpenAsync(parsed);
        using var arena = new SecretArena();
        using var keys = SealedKeys.Open(signer.Data, signer.Options.Seal, arena, TimeProvider.System);
        var old = await keys.FindKeyAsync();
        var enrolment = await SealEnrolment.EnrolAsync(keys.Token, signer.Options.Seal.Key, TimeProvider.System);
        await change(signer.Data, keys, old, enrolment);
        var report = enrolment.Report;
        await signer.RecordAsync(action, $"key {report.KeyLabel} ({report.KeyId}) by {report.Mechanism} in token {report.TokenLabel} ({report.TokenSerial})");
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
