using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>A verifier and a signer whose TPM's maker certified it, from the first question to evidence that is bound.</summary>
public sealed class AttestationTests : TpmScene
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(2.1);
    private readonly string _nonce = RandomNumberGenerator.GetHexString(64, lowercase: true);

    [Fact]
    public async Task A_verifier_binds_the_machine_and_then_passes_every_check_it_can_make()
    {
        await using var signer = await Home.StartAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        var evidence = await AttestAsync(client, "evidence.json");
        (await VerbAsync("golden", evidence, "--out", Home.Beside("golden.json"))).Succeeded();
        await File.WriteAllTextAsync(
            Home.Beside("roots.pem"),
            await File.ReadAllTextAsync(Tpm.MakerRoot) + await File.ReadAllTextAsync(Tpm.MakerIssuer)
        );
        (
            await VerbAsync(
                "challenge",
                evidence,
                "--challenge",
                Home.Beside("challenge.json"),
                "--pending",
                Home.Beside("pending.json"),
                "--ek-roots",
                Home.Beside("roots.pem")
            )
        ).Succeeded();

        await Task.Delay(_pause);
        using var challenge = new ByteArrayContent(await File.ReadAllBytesAsync(Home.Beside("challenge.json")));
        var answer = await client.AskAsync(HttpMethod.Post, "/attestation/credential", challenge);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        await File.WriteAllTextAsync(Home.Beside("answer.json"), answer.Text);
        (await VerbAsync("bind", Home.Beside("pending.json"), Home.Beside("answer.json"), "--out", Home.Beside("trust.json"))).Succeeded();

        await File.WriteAllTextAsync(Home.Beside("keys.json"), (await client.ReadAsync("/api/v1/eth2/publicKeys")).Text);
        await Task.Delay(_pause);
        var later = await AttestAsync(client, "later.json");
        var verdict = await VerifyAsync(
            later,
            "--golden",
            Home.Beside("golden.json"),
            "--keys",
            Home.Beside("keys.json"),
            "--ek-roots",
            Home.Beside("roots.pem"),
            "--trust",
            Home.Beside("trust.json"),
            "--tls-certificate",
            Path.Combine(Home.Data, "tls", "server.crt")
        );
        Assert.Equal(0, verdict.ExitCode);
        Assert.Equal(["event-log: not checked"], Verdicts(verdict).Where(check => !check.EndsWith(": pass", StringComparison.Ordinal)));
        Assert.Equal(15, Verdicts(verdict).Count);
        Assert.Contains("quote", (await VerbAsync("verify", later, "--nonce", _nonce)).Succeeded().Output, StringComparison.Ordinal);

        await signer.StopAsync();
        var audit = await AuditLines.ReadAsync(Home.LedgerFile);
        Assert.Equal(
            2,
            audit.Count(line =>
                line.Contains("\"action\":\"attestation\"", StringComparison.Ordinal)
                && line.Contains("\"client\":\"vc\"", StringComparison.Ordinal)
                && line.Contains(_nonce, StringComparison.Ordinal)
            )
        );
        Assert.Single(audit, line => line.Contains("\"action\":\"attestation.credential\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_hold_ends_with_exit_code_1_and_says_what()
    {
        await using var signer = await Home.StartAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        var evidence = await AttestAsync(client, "evidence.json");

        var stale = await VerbAsync("verify", evidence, "--nonce", RandomNumberGenerator.GetHexString(64), "--json");
        Assert.Equal(1, stale.ExitCode);
        Assert.Equal(["nonce: fail"], Failed(stale));

        var document = JsonNode.Parse(await File.ReadAllTextAsync(evidence))!;
        document["signer"]!["vaultGeneration"] = 99;
        await File.WriteAllTextAsync(Home.Beside("changed.json"), document.ToJsonString());
        var changed = await VerifyAsync(Home.Beside("changed.json"));
        Assert.Equal(1, changed.ExitCode);
        Assert.Equal(["claims: fail", "fence: fail", "starts: fail"], Failed(changed));
        Refusal.IsTold(await VerbAsync("golden", Home.Beside("changed.json")), "does not hold: claims", "attest verify");

        await File.WriteAllTextAsync(Home.Beside("no.json"), "{}");
        Assert.Equal(["document: fail"], Failed(await VerifyAsync(Home.Beside("no.json"))));
        Refusal.IsTold(await VerbAsync("verify", evidence, "--nonce", "xyz"), "the nonce is not hex");
        Refusal.IsTold(
            await VerbAsync("verify", evidence, "--nonce", _nonce, "--golden", evidence),
            "cannot be read as a remote-signer-golden"
        );
        Refusal.IsTold(await VerbAsync("verify", evidence, "--nonce", _nonce, "--ek-roots", evidence), "cannot be read as certificates");
        Refusal.IsTold(await VerbAsync("verify", evidence, "--nonce", _nonce, "--keys", Home.OptionsFile), "is no public key");
        Refusal.IsWrongUsage(await VerbAsync("verify", evidence));
    }

    [Fact]
    public async Task Only_a_named_client_with_a_certificate_is_answered_and_one_at_a_time()
    {
        await using var signer = await Home.StartAsync("--loopback-http", $"{LoopbackPort.Free()}=vc");
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        using var operations = new HttpClient { BaseAddress = signer.Operations };

        var plain = await operations.ReadAsync($"/attestation?nonce={_nonce}");
        Assert.Equal((HttpStatusCode.Forbidden, "certificate_required"), (plain.Status, plain.Reason));
        foreach (
            var wrong in new[]
            {
                "",
                "?nonce=",
                "?nonce=00",
                "?nonce=" + new string('z', 64),
                "?nonce=" + new string('0', 130),
                $"?nonce={_nonce}&nonce={_nonce}",
            }
        )
        {
            var refused = await client.ReadAsync("/attestation" + wrong);
            Assert.Equal((HttpStatusCode.BadRequest, "nonce_malformed"), (refused.Status, refused.Reason));
        }

        using var nonsense = new ByteArrayContent("{}"u8.ToArray());
        Assert.Equal("challenge_malformed", (await client.AskAsync(HttpMethod.Post, "/attestation/credential", nonsense)).Reason);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.ReadAsync($"/attestation?nonce={_nonce}")));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer =>
            Assert.Equal((HttpStatusCode.TooManyRequests, "one_at_a_time"), (answer.Status, answer.Reason))
        );

        Home.Configure(options =>
            options["clients"] = new JsonObject { ["somebody"] = new JsonObject { ["duties"] = new JsonArray("everyday") } }
        );
        await signer.SignalAsync("HUP");
        _ = await signer.EndOfReloadAsync();
        Assert.Equal("client_not_named", (await client.ReadAsync($"/attestation?nonce={_nonce}")).Reason);
    }

    [Fact]
    public async Task Operations_with_TLS_asks_for_the_same_certificates_and_answers()
    {
        Home.Configure(options => options["operations"]!["tls"] = true);
        await using var signer = SignerProcess.Launch(Home.Data, Home.Token);
        using var client = ClientCertificate.Connect(
            new Uri($"https://127.0.0.1:{signer.OperationsPort}"),
            Home.Data,
            ClientCertificate.Load(Home.Data, "vc")
        );
        await WhenReadyAsync(client);

        Assert.Contains("remote_signer", (await client.ReadAsync("/metrics")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.ReadAsync($"/attestation?nonce={_nonce}")).Status);
        using var stranger = ClientCertificate.Connect(client.BaseAddress!, Home.Data, null);
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.ReadAsync("/healthcheck"));
        using var plain = new HttpClient { BaseAddress = signer.Operations };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.ReadAsync("/healthcheck"));
    }

    [Fact]
    public async Task A_TPM_that_hangs_is_told_and_signing_goes_on_meanwhile()
    {
        await using var signer = await Home.StartAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(Home.Keys[0], Chain.VoteJson())).Status);
        await Tpm.PauseAsync();

        var asked = client.ReadAsync($"/attestation?nonce={_nonce}");
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(Home.Keys[1], Chain.VoteJson())).Status);

        Assert.False(asked.IsCompleted);
        var answer = await asked;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "tpm_hung"), (answer.Status, answer.Reason));
        await Tpm.ResumeAsync();
    }

    protected override Task<SignerHome> CreateHomeAsync() => SignerHome.CreateInCertifiedTpmAsync("hoodi", 2, "--client", "vc");

    private async Task<string> AttestAsync(HttpClient client, string file)
    {
        var answer = await client.ReadAsync($"/attestation?nonce={_nonce}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        await File.WriteAllTextAsync(Home.Beside(file), answer.Text);
        return Home.Beside(file);
    }

    private Task<CommandResult> VerifyAsync(string evidence, params string[] options) =>
        VerbAsync(["verify", evidence, "--nonce", _nonce, "--json", .. options]);

    /// <summary>The verifier has neither token nor data directory.</summary>
    private static Task<CommandResult> VerbAsync(params string[] verb) => SignerProcess.RunAsync(null, ["attest", .. verb]);

    private static List<string> Verdicts(CommandResult result)
    {
        using var document = JsonDocument.Parse(result.Output);
        return
        [
            .. document
                .RootElement.GetProperty("checks")
                .EnumerateArray()
                .Select(check => $"{check.GetProperty("name").GetString()}: {check.GetProperty("verdict").GetString()}"),
        ];
    }

    private static List<string> Failed(CommandResult result) =>
        Verdicts(result).FindAll(check => check.EndsWith(": fail", StringComparison.Ordinal));

    private static async Task WhenReadyAsync(HttpClient client)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if ((await client.ReadAsync("/healthcheck")).Status == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (attempt < 1200)
            {
                // Not listening yet: the next round asks again.
            }

            Assert.True(attempt < 1200, "the signer is not ready");
            await Task.Delay(50);
        }
    }
}
