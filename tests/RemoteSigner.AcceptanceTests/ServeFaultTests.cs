using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Starts that must fail with a reason, and starts that must go on without keys.</summary>
public sealed class ServeFaultTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task A_second_signer_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var signer = await _home.StartAsync();
        using var client = ClientCertificate.Connect(signer, _home.Data, "vc");

        Refusal.IsTold(await ServeAsync(), "ledger", "two signers must never share a ledger");

        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(_home.Keys[0], Chain.VoteJson())).Status);
    }

    [Theory]
    [InlineData("--listen")]
    [InlineData("--operations")]
    public async Task A_port_that_is_taken_is_named(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        Refusal.IsTold(await ServeAsync(option, taken.LocalEndpoint.ToString()!), taken.LocalEndpoint.ToString()!, "port");
    }

    [Fact]
    public async Task An_address_of_another_machine_is_refused() =>
        Refusal.IsTold(await ServeAsync("--listen", "192.0.2.1:9000"), "address", "an address of this machine");

    [Fact]
    public async Task A_ledger_with_flipped_bytes_is_refused()
    {
        Flip(_home.LedgerFile, 0, 4096);

        Refusal.IsTold(await ServeAsync(), "ledger", "restore the newest backup");
    }

    [Fact]
    public async Task A_ledger_that_is_gone_is_not_made_anew()
    {
        File.Delete(_home.LedgerFile);

        Refusal.IsTold(await ServeAsync(), "ledger", "restore it from a backup");
        Assert.False(File.Exists(_home.LedgerFile));
    }

    [Fact]
    public async Task All_faults_of_the_configuration_are_named_at_once()
    {
        _home.Configure(options =>
        {
            options["network"]!["name"] = "nonsense";
            options["api"]!["listen"] = "localhost";
            options["api"]!["keepAliveSeconds"] = 1;
            options["log"]!["format"] = "xml";
            options["verifyPartials"] = "sometimes";
            options["signTogether"] = "sometimes";
            options["registrations"]!["feeRecipients"] = new JsonArray("0x12");
            options["builder"]!["keys"] = new JsonArray("0x34");
            options["payloadVotes"] = "sometimes";
            options["registrations"]!["minGasLimit"] = 2;
            options["registrations"]!["maxGasLimit"] = 1;
            options["deposits"]!["maxTopUpGwei"] = 8;
            options["clients"]!["vc"]!["duties"] = new JsonArray("SLEEP");
            options["clients"]!["vc"]!["keys"] = new JsonArray("0x12");
        });

        var result = await ServeAsync();

        Assert.All(
            (string[])
                [
                    "network.name",
                    "api.listen",
                    "api.keepAliveSeconds",
                    "log.format",
                    "clients.vc.duties",
                    "clients.vc.keys",
                    "verifyPartials",
                    "signTogether",
                    "registrations.feeRecipients",
                    "registrations.minGasLimit",
                    "deposits.maxTopUpGwei",
                    "builder.keys",
                    "payloadVotes",
                ],
            setting => Refusal.IsTold(result, setting)
        );
    }

    [Theory]
    [InlineData("{", "signer.json")]
    [InlineData("null", "signer.json")]
    [InlineData("""{"network":{"name":"hoodi"}}""", "clients")]
    public async Task A_configuration_that_cannot_be_read_is_named(string text, string error)
    {
        await File.WriteAllTextAsync(_home.OptionsFile, text);

        Refusal.IsTold(await ServeAsync(), error);
    }

    [Fact]
    public async Task A_misspelt_or_empty_member_is_named()
    {
        _home.Configure(options => options["api"]!["lisen"] = "127.0.0.1:9000");
        Refusal.IsTold(await ServeAsync(), "lisen");

        _home.Configure(options =>
        {
            options["api"]!.AsObject().Remove("lisen");
            options["clients"]!["vc"]!["duties"] = new JsonArray((JsonNode?)null);
        });
        Refusal.IsTold(await ServeAsync(), "clients.vc");

        _home.Configure(options => options["clients"]!["vc"] = null);
        Refusal.IsTold(await ServeAsync(), "clients");
    }

    [Theory]
    [InlineData("tls/server.crt")]
    [InlineData("tls/server.key")]
    [InlineData("tls/ca.crt")]
    public async Task A_certificate_file_that_is_missing_or_broken_is_named(string name)
    {
        var path = Path.Combine(_home.Data, name);
        await File.WriteAllTextAsync(path, "nonsense");
        Refusal.IsTold(await ServeAsync(), "tls.");

        File.Delete(path);
        Refusal.IsTold(await ServeAsync(), "tls.");
    }

    [Fact]
    public async Task A_server_that_cannot_write_its_folder_says_so()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        await using var frozen = await ReadOnlyMount.OverAsync(_home.Data);

        Refusal.IsTold(await ServeAsync(), "ledger", "mounted for writing");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_vault_leaves_the_port_open_and_the_signer_not_ready(bool truncated)
    {
        if (truncated)
        {
            await File.WriteAllBytesAsync(_home.VaultFile, (await File.ReadAllBytesAsync(_home.VaultFile))[..100]);
        }
        else
        {
            Flip(_home.VaultFile, 300, 8);
        }

        await AnswersWithoutKeysAsync("vault");
    }

    [Fact]
    public async Task A_token_that_is_absent_leaves_the_port_open_and_the_signer_not_ready()
    {
        _home.Configure(options => options["seal"]!["token"] = "nobody");

        await AnswersWithoutKeysAsync("nobody");
    }

    [Fact]
    public async Task A_wrong_PIN_leaves_the_port_open_and_is_not_tried_again()
    {
        using var home = SignerHome.Empty();
        (await home.InitAsync("hoodi", "--client", "vc")).Succeeded();
        await home.AddKeysAsync(1);
        var pin = home.Beside("wrong-pin");
        await File.WriteAllTextAsync(pin, "654321");
        home.Configure(options =>
        {
            options["seal"]!["pin"]!["file"] = pin;
            options["seal"]!["module"] = SoftToken.SpyModule;
        });

        var output = await AnswersWithoutKeysAsync(home, "PIN");

        Assert.DoesNotContain("654321", output);
        Assert.Single(await File.ReadAllLinesAsync(home.Token.SpyLog), line => line.Contains("C_Login", StringComparison.Ordinal));
    }

    /// <summary>Duties come from the first moment on at which a connection is taken, and all the while the vault is opened.</summary>
    [Fact]
    public async Task While_the_vault_is_opened_no_key_that_is_in_it_is_unknown()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var signer = SignerProcess.Launch(_home.Data, _home.Token);
            using var client = ClientCertificate.Connect(signer, _home.Data, "vc");
            var answers = new List<string>();
            for (var left = 40; left > 0; )
            {
                try
                {
                    var answer = await client.SignAsync(_home.Keys[0], Chain.RandaoJson());
                    answers.Add(answer.Status == HttpStatusCode.OK ? "signed" : answer.Reason!);
                    left -= answer.Status == HttpStatusCode.OK ? 1 : 0;
                }
                catch (HttpRequestException) when (!signer.HasExited)
                {
                    // Not listening yet.
                }
            }

            Assert.Subset(new HashSet<string> { "keys_loading", "not_started", "signed" }, answers.ToHashSet());
        }
    }

    [Fact]
    public async Task A_chain_that_nobody_says_is_refused_and_one_that_the_ledger_says_is_taken_with_a_warning()
    {
        const string Root = "0x3e8bd71d9925794b4f5e8623e15094ea6edc0fd206e3551e13dd2d10e08fbaba";
        using var home = SignerHome.Empty(_home.Token);
        (await home.InitAsync("minimal", "--no-slot-window", "--genesis-validators-root", Root)).Succeeded();
        home.Configure(options => options["network"]!["genesisValidatorsRoot"] = null);

        Refusal.IsTold(
            await home.RunAsync("serve"),
            "the genesis validators root of minimal is not known",
            "network.genesisValidatorsRoot"
        );
        Refusal.IsTold(await home.RunAsync("slashing", "status"), "is not known", "network.genesisValidatorsRoot");

        home.Configure(options => options["network"]!["genesisValidatorsRoot"] = Root);
        var history = home.Beside("history.json");
        await File.WriteAllTextAsync(
            history,
            $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Root}}"},"data":[]}"""
        );
        (await home.RunAsync("slashing", "import", history)).Succeeded();
        home.Configure(options => options["network"]!["genesisValidatorsRoot"] = null);
        await using var signer = await home.StartAsync();

        Assert.Contains($"network.genesisValidatorsRoot is not in signer.json: {Root} is taken", signer.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private static void Flip(string path, int from, int count)
    {
        var bytes = File.ReadAllBytes(path);
        for (var i = from; i < from + count; i++)
        {
            bytes[i] ^= 0xff;
        }

        File.WriteAllBytes(path, bytes);
    }

    private Task<string> AnswersWithoutKeysAsync(string reason) => AnswersWithoutKeysAsync(_home, reason);

    private static async Task<string> AnswersWithoutKeysAsync(SignerHome home, string reason)
    {
        await using var signer = SignerProcess.Launch(home.Data, home.Token);
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        var health = await signer.HealthWhenAsync(report => report.Text.Contains("\"failed\"", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        Assert.Equal("DOWN", health.Json.GetProperty("status").GetString());
        Assert.Contains(reason, health.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await client.ReadAsync("/upcheck")).Status);
        var answer = await client.SignAsync(home.Keys[0], Chain.VoteJson());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("keys_loading", answer.Reason);

        // Asking again does not help, and must not spend another try of the PIN.
        await client.AskAsync(HttpMethod.Post, "/reload");
        Assert.Equal("completed_with_errors", (await signer.EndOfReloadAsync()).Json.GetProperty("status").GetString());
        return signer.Output;
    }

    private Task<CommandResult> ServeAsync(params string[] options)
    {
        var arguments = new List<string> { "serve" };
        foreach (var option in (string[])["--listen", "--operations"])
        {
            arguments.AddRange(options.Contains(option) ? [] : [option, $"127.0.0.1:{LoopbackPort.Free()}"]);
        }

        return _home.RunAsync([.. arguments, .. options]);
    }
}
