using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Which token <c>init</c> takes, and where the signer will find its PIN.</summary>
public sealed partial class TokenChoiceTests
{
    [GeneratedRegex("[0-9a-f]{16}")]
    private static partial Regex SerialNumber { get; }

    /// <summary>All YubiHSM 2 have one label, and nShield shows one card set in several modules.</summary>
    [Fact]
    public async Task Of_two_tokens_with_one_label_the_serial_number_says_which()
    {
        using var home = SignerHome.Empty();
        await MakeTokenAsync(home.Token, SoftToken.Label);

        var ambiguous = await home.InitAsync("hoodi");
        Refusal.IsTold(ambiguous, "2 tokens have the label", "--serial");
        Assert.False(Directory.Exists(home.Data), "a refused init left something behind");
        var serials = SerialNumber.Matches(ambiguous.Error).Select(match => match.Value).Distinct().ToList();
        Assert.Equal(2, serials.Count);
        Refusal.IsTold(await home.InitAsync("hoodi", "--serial", "0123"), "serial number '0123'");

        var made = (await home.InitAsync("hoodi", "--serial", serials[1], "--client", "vc", "--json")).Succeeded();

        Assert.Contains(serials[1], made.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(serials[0], made.Output, StringComparison.Ordinal);
        await home.AddKeysAsync(1);
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.SignAsync(home.Keys[0].ToString(), Chain.RandaoJson())).Status);
    }

    /// <summary>As the recipe has it: systemd hands the PIN to init and later to the unit, and signer.json names the credential.</summary>
    [Fact]
    public async Task A_signer_that_was_made_with_a_credential_serves_with_it()
    {
        using var home = SignerHome.Empty();
        var credentials = Directory.CreateDirectory(home.Beside("credentials")).FullName;
        File.Copy(home.Token.PinFile, Path.Combine(credentials, "pin"));
        home.Token.Environment["CREDENTIALS_DIRECTORY"] = credentials;

        (
            await home.RunAsync("init", "--network", "hoodi", "--seal", "softhsm2", "--anchor-on-host", "--pin-credential", "pin")
        ).Succeeded();

        using var settings = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(home.Data, "signer.json")),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }
        );
        Assert.Equal("""{ "credential": "pin" }""", settings.RootElement.GetProperty("seal").GetProperty("pin").GetRawText());
        await using var signer = await home.StartAsync();
    }

    [Fact]
    public async Task Without_the_credential_at_hand_init_takes_the_PIN_from_a_file_and_the_signer_the_credential()
    {
        using var home = SignerHome.Empty();

        (await home.InitAsync("hoodi", "--pin-credential", "pin")).Succeeded();

        Refusal.IsTold(await home.RunAsync("rollback-protection", "status"), "no credential pin", "LoadCredential=pin:PATH");
        Refusal.IsTold(
            await home.RunAsync("init", "--network", "hoodi", "--seal", "softhsm2", "--anchor-on-host", "--pin-credential", "../pin"),
            "'../pin' is no name of a credential"
        );
    }

    private static async Task MakeTokenAsync(SoftToken token, string label)
    {
        var start = new ProcessStartInfo(
            "softhsm2-util",
            [
                "--init-token",
                "--free",
                "--label",
                label,
                "--so-pin",
                "87654321",
                "--pin",
                (await File.ReadAllTextAsync(token.PinFile)).Trim(),
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        token.Describe(start.Environment);
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
