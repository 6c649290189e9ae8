using System.Text.Json;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Seals;

/// <summary>What <c>init</c> says that this machine's hardware protects from, and what not, and <c>seal status</c> after it.</summary>
public sealed class ProtectionTests
{
    [Fact]
    public async Task A_token_in_files_is_not_said_to_protect_from_a_stolen_or_restored_disk()
    {
        using var home = SignerHome.Empty();
        var told = (await home.InitAsync("hoodi")).Succeeded().Error;

        var lines = await SameLinesAsync(home, told);

        Assert.DoesNotContain("a stolen disk", lines["vault"].From, StringComparison.Ordinal);
        Assert.Contains("a stolen disk, as far as the token's files on it open", lines["vault"].NotFrom, StringComparison.Ordinal);
        Assert.Contains("an old copy of the whole disk", lines["history"].NotFrom, StringComparison.Ordinal);
        Assert.Contains("root", (lines["memory"].From + lines["memory"].NotFrom), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_anchor_an_old_copy_of_the_folder_is_what_nothing_protects_from()
    {
        using var home = SignerHome.Empty();
        var told = (await home.InitAsync("hoodi", "--rollback-protection", "none")).Succeeded().Error;

        var lines = await SameLinesAsync(home, told);

        Assert.StartsWith("an old copy of the data directory", lines["history"].NotFrom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recovery_slot_and_a_PIN_change_what_is_said()
    {
        using var home = await SignerHome.CreateInTpmAsync("hoodi", 1);
        var open = await LinesAsync(home);
        Assert.Contains("which asks for no PIN", open["vault"].NotFrom, StringComparison.Ordinal);
        Assert.Contains("virtual TPM", open["history"].NotFrom, StringComparison.Ordinal);
        Assert.DoesNotContain("recovery key", open["vault"].NotFrom, StringComparison.Ordinal);

        await File.WriteAllTextAsync(home.Beside("pin"), "a new pin");
        File.SetUnixFileMode(home.Beside("pin"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (
            await home.RunAsync(
                "tpm",
                "provision",
                "--release-key",
                Path.Combine(home.Data, "clients", "release.key"),
                "--new-pin-file",
                home.Beside("pin")
            )
        ).Succeeded();
        home.Configure(options => options["tpm"]!["pin"]!["file"] = home.Beside("pin"));
        await home.AddRecoverySlotAsync();

        var closed = await LinesAsync(home);
        Assert.DoesNotContain("which asks for no PIN", closed["vault"].NotFrom, StringComparison.Ordinal);
        Assert.Contains("whoever has the TPM's PIN and the machine", closed["vault"].NotFrom, StringComparison.Ordinal);
        Assert.Contains("whoever has a recovery key and a copy of the vault", closed["vault"].NotFrom, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, (string From, string NotFrom)>> SameLinesAsync(SignerHome home, string told)
    {
        var lines = await LinesAsync(home);
        Assert.Equal(["vault", "history", "memory"], lines.Keys);
        Assert.All(lines, line =>
            Assert.Contains(
                $"  {line.Key}: protected from {line.Value.From}; not from {line.Value.NotFrom}\n",
                told,
                StringComparison.Ordinal
            )
        );
        return lines;
    }

    private static async Task<Dictionary<string, (string From, string NotFrom)>> LinesAsync(SignerHome home)
    {
        using var status = JsonDocument.Parse((await home.RunAsync("seal", "status", "--json")).Succeeded().Output);
        return status
            .RootElement.GetProperty("protection")
            .EnumerateArray()
            .ToDictionary(
                line => line.GetProperty("of").GetString()!,
                line => (line.GetProperty("from").GetString()!, line.GetProperty("notFrom").GetString()!)
            );
    }
}
