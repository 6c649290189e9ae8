using System.Diagnostics;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Files and options that are not what they should be: one line that says so and one that says what to do, at the start, at a reload and in
/// every verb.
/// </summary>
public sealed class BadFileTests(SignerTemplate template) : IAsyncLifetime
{
    private SignerHome _home = null!;

    public ValueTask InitializeAsync()
    {
        _home = template.Copy();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Networks =>
        new()
        {
            { "CONFIG_NAME: \"\\ud800\"\n", "no YAML" },
            { "CONFIG_NAME: \"\\U99999999\"\n", "no YAML" },
            { "A: " + new string('[', 50_000), "line 1" },
            { "A: " + string.Concat(Enumerable.Repeat("{a: ", 50_000)), "line 1" },
            { string.Concat(Enumerable.Range(0, 500).Select(i => new string(' ', i) + "a:\n")), "nests too deep" },
            { string.Concat(Enumerable.Repeat("- ", 50_000)), "not one YAML document" },
            { "a: &a [x,x]\nb: &b [*a,*a]\n? *b\n: 1\n", "line 3" },
            { "A: 1\nA: 2\n", "line 2: A stands there twice" },
            { "A: 1\n---\nB: 1\n", "not one YAML document" },
            { "", "not one YAML document" },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task A_network_that_cannot_be_read_is_told_at_the_start(string yaml, string fault)
    {
        await File.WriteAllTextAsync(_home.Beside("network.yaml"), yaml);
        _home.Configure(options => options["network"]!["forks"] = _home.Beside("network.yaml"));

        Refusal.IsTold(await ServeAsync(), fault, "correct");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_told()
    {
        await File.WriteAllBytesAsync(_home.Beside("network.yaml"), [(byte)'A', (byte)':', (byte)' ', 0xed, 0xa0, 0x80]);
        _home.Configure(options => options["network"]!["forks"] = _home.Beside("network.yaml"));

        Refusal.IsTold(await ServeAsync(), "no YAML that can be read", "correct");
    }

    [Theory]
    [InlineData("explicit", "tls.certificate")]
    [InlineData("damaged", "tls.certificate")]
    [InlineData("secp256k1", "")]
    public async Task A_server_key_that_cannot_be_used_is_told_at_the_start_and_at_a_reload(string kind, string fault)
    {
        var (certificate, key) = (_home.Beside("odd.crt"), _home.Beside("odd.key"));
        await OpenSslAsync(
            "ecparam",
            "-name",
            kind == "secp256k1" ? kind : "prime256v1",
            "-param_enc",
            kind == "explicit" ? "explicit" : "named_curve",
            "-genkey",
            "-noout",
            "-out",
            key
        );
        await OpenSslAsync("req", "-x509", "-new", "-key", key, "-subj", "/CN=localhost", "-days", "30", "-out", certificate);
        if (kind == "damaged")
        {
            await DamageCurveAsync(key);
        }

        await using (var signer = await _home.StartAsync())
        {
            Present(certificate, key);
            await signer.SignalAsync("HUP");
            var report = await signer.EndOfReloadAsync();
            if (fault.Length > 0)
            {
                Assert.Equal("completed_with_errors", report.Json.GetProperty("status").GetString());
                Assert.Contains(fault, report.Json.GetProperty("lastError").GetString());
            }

            Assert.Equal(
                System.Net.HttpStatusCode.OK,
                (await new HttpClient { BaseAddress = signer.Operations }.ReadAsync("/upcheck")).Status
            );
        }

        if (fault.Length > 0)
        {
            Refusal.IsTold(await ServeAsync(), fault, "put a readable file of the right kind there");
        }
    }

    [Theory]
    [InlineData("cluster", "verify", "FOLDER")]
    [InlineData("keys", "import", "--keystores", "KEYSTORES", "--slashing", "FOLDER")]
    [InlineData("slashing", "import", "FOLDER")]
    [InlineData("attest", "verify", "FOLDER", "--nonce", "00112233445566778899aabbccddeeff")]
    [InlineData("cluster", "import", "--ssv", "FOLDER", "--never-signed")]
    public async Task A_folder_in_the_place_of_a_file_is_told(params string[] verb)
    {
        KeystoreWriter.WriteNew(_home.Beside("more"), 1, SignerHome.Password);
        var folder = Directory.CreateDirectory(_home.Beside("folder")).FullName;

        var result = await _home.RunAsync([
            .. verb.Select(word =>
                word switch
                {
                    "FOLDER" => folder,
                    "KEYSTORES" => _home.Beside("more"),
                    _ => word,
                }
            ),
        ]);

        Refusal.IsTold(result, $"{folder} is a folder", "name the file");
    }

    [Theory]
    [InlineData("there is nothing of that name", "cluster", "verify", "/nope")]
    [InlineData("there is nothing of that name", "cluster", "verify", "/nope/nor/this")]
    [InlineData("there is nothing of that name", "slashing", "import", "/nope")]
    public async Task A_file_that_is_not_there_is_told(string hint, params string[] verb) =>
        Refusal.IsTold(await _home.RunAsync(verb), "/nope", hint);

    [Theory]
    [InlineData("--network", "hoodi")]
    [InlineData("--accept-low-threshold")]
    [InlineData("--accept-contract-signatures")]
    public async Task An_option_for_locks_is_not_passed_over_for_keyshares(params string[] option)
    {
        await File.WriteAllTextAsync(
            _home.Beside("keyshares.json"),
            """{"version":"v1.1.0","createdAt":"2025-01-01T00:00:00.000Z","shares":[]}"""
        );

        var result = await _home.RunAsync(["cluster", "verify", _home.Beside("keyshares.json"), .. option]);

        Refusal.IsWrongUsage(result);
        Assert.Contains($"{option[0]} is for Charon's files", result.Error);
    }

    [Theory]
    [InlineData("no network 'foonet' is built in", "--help", "--network", "foonet")]
    [InlineData("there is no bundle of rights 'foo'", "the bundles are", "--network", "hoodi", "--client", "x=foo")]
    public async Task A_new_signers_fault_has_the_hint_that_is_for_it(string error, string hint, params string[] options)
    {
        using var home = SignerHome.Empty(template.Original.Token);

        Refusal.IsTold(
            await home.RunAsync(["init", "--seal", "softhsm2", "--anchor-on-host", "--pin-file", home.Token.PinFile, .. options]),
            error,
            hint
        );
    }

    [Theory]
    [InlineData("--listen", "127.0.0.1")]
    [InlineData("--listen", "22100")]
    [InlineData("--listen", "127.0.0.1:0")]
    [InlineData("--listen", "::1")]
    [InlineData("--listen", "localhost:9000")]
    [InlineData("--operations", "22100")]
    public async Task An_address_without_a_port_and_a_port_without_an_address_are_refused(string option, string value) =>
        Refusal.IsTold(
            await _home.RunAsync("serve", option, value),
            $"must be an address and a port such as 127.0.0.1:9000, not '{value}'",
            "correct the options"
        );

    [Fact]
    public async Task Lines_are_not_broken_where_nobody_sees_the_end_of_a_screen()
    {
        using var home = SignerHome.Empty();
        var made = await home.InitAsync("hoodi", "--client", "vc");
        made.Succeeded();

        var next = made.Error.Split('\n');
        Assert.Contains(next, line =>
            line.StartsWith(
                $"  1. remote-signer keys import --data {home.Data} --keystores FOLDER (--slashing FILE | --never-signed)",
                StringComparison.Ordinal
            ) && line.EndsWith("changes nothing", StringComparison.Ordinal)
        );
        Assert.Contains($"  4. remote-signer serve --data {home.Data}", next);
        var key = (await _home.RunAsync("keys", "list"))
            .Output.Split('\n')
            .Single(line => line.Contains(_home.Keys[0].ToString(), StringComparison.Ordinal));
        Assert.Contains("keystore-", key);
    }

    private Task<CommandResult> ServeAsync() =>
        _home.RunAsync("serve", "--listen", $"127.0.0.1:{LoopbackPort.Free()}", "--operations", $"127.0.0.1:{LoopbackPort.Free()}");

    private void Present(string certificate, string key) =>
        _home.Configure(options =>
        {
            options["tls"]!["certificate"] = certificate;
            options["tls"]!["key"] = key;
        });

    // One byte of the curve's name.
    private static async Task DamageCurveAsync(string key)
    {
        var lines = await File.ReadAllLinesAsync(key);
        var bytes = Convert.FromBase64String(string.Concat(lines[1..^1]));
        bytes[bytes.AsSpan().IndexOf(new byte[] { 0x2a, 0x86, 0x48, 0xce, 0x3d }) + 6] ^= 0x55;
        await File.WriteAllTextAsync(
            key,
            $"{lines[0]}\n{Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)}\n{lines[^1]}\n"
        );
    }

    private static async Task OpenSslAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
    }
}
