using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>What <c>init</c> refuses; nothing may be left behind.</summary>
public sealed class InitFaultTests : IDisposable
{
    private const string Chain = "0x3e8bd71d9925794b4f5e8623e15094ea6edc0fd206e3551e13dd2d10e08fbaba";

    private readonly SignerTemplate _template;
    private readonly SignerHome _home;

    public InitFaultTests(SignerTemplate template)
    {
        _template = template;
        _home = SignerHome.Empty(template.Original.Token);
    }

    [Theory]
    [InlineData("network.name", "--network", "nonsense")]
    [InlineData("network.genesisTime", "--network", "minimal")]
    [InlineData("network.genesisValidatorsRoot must be given", "--network", "minimal", "--no-slot-window")]
    [InlineData("network.genesisValidatorsRoot: '0x12' is not", "--genesis-validators-root", "0x12")]
    [InlineData("and hoodi has 0x212f13fc", "--genesis-validators-root", Chain)]
    [InlineData("no hsm profile", "--seal", "nonsense")]
    [InlineData("/nowhere.so", "--module", "/nowhere.so")]
    [InlineData("token", "--token", "nobody")]
    [InlineData("/nowhere.pin", "--pin-file", "/nowhere.pin")]
    [InlineData("no bundle of rights 'most'", "--client", "vc=most")]
    [InlineData("'vc' is named twice", "--client", "vc", "--client", "vc=all")]
    [InlineData("'../vc'", "--client", "../vc")]
    [InlineData("''", "--client", "=all")]
    public async Task Refuses_an_option_that_cannot_be_right(string error, params string[] options)
    {
        var arguments = new List<string>
        {
            "init",
            "--network",
            "hoodi",
            "--seal",
            "softhsm2",
            "--anchor-on-host",
            "--pin-file",
            _home.Token.PinFile,
        };
        var replaced = arguments.IndexOf(options[0]);
        if (replaced >= 0)
        {
            arguments.RemoveRange(replaced, 2);
        }

        Refusal.IsTold(await _home.RunAsync([.. arguments, .. options]), error);

        Assert.False(Directory.Exists(_home.Data), "a refused init left something behind");
    }

    [Fact]
    public async Task Refuses_a_wrong_PIN_after_one_try()
    {
        using var home = SignerHome.Empty();
        await File.WriteAllTextAsync(home.Token.PinFile, "654321");

        var result = await home.InitAsync("hoodi", "--module", SoftToken.SpyModule);

        Refusal.IsTold(result, "PIN", "PIN");
        Assert.Single(await File.ReadAllLinesAsync(home.Token.SpyLog), line => line.Contains("C_Login", StringComparison.Ordinal));
        Assert.DoesNotContain("654321", result.Error + result.Output);
        Assert.False(Directory.Exists(home.Data));
    }

    [Fact]
    public async Task One_that_fails_at_its_end_leaves_the_folder_as_it_was_and_no_object_in_the_token()
    {
        using var home = SignerHome.Empty();
        var inTheWay = Path.Combine(home.Data, "clients", "vc.crt");
        foreach (var folder in new[] { home.Data, Path.GetDirectoryName(inTheWay)!, inTheWay })
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Refusal.IsTold(await home.InitAsync("hoodi", "--client", "vc"), "vc.crt");

        Assert.Equal(
            [Path.GetDirectoryName(inTheWay)!, inTheWay],
            Directory.GetFileSystemEntries(home.Data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        );
        Assert.Equal(0, home.Token.Objects);
        Directory.Delete(inTheWay);
        (await home.InitAsync("hoodi", "--client", "vc")).Succeeded();
        Assert.Equal(3, home.Token.Objects);
    }

    [Fact]
    public async Task Where_no_mechanism_passes_there_is_neither_a_folder_nor_an_object()
    {
        using var home = SignerHome.Empty();
        var profile = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "hsm-profiles", "softhsm2.json"))).Replace(
            ", \"pkcs11RsaOaepSha1\", \"pkcs11AesGcm\"",
            "",
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(home.Beside("profile.json"), profile);

        Refusal.IsTold(
            await home.RunAsync(
                "init",
                "--network",
                "hoodi",
                "--seal",
                home.Beside("profile.json"),
                "--anchor-on-host",
                "--pin-file",
                home.Token.PinFile
            ),
            "no mechanism of the profile softhsm2 passes"
        );

        Assert.False(Directory.Exists(home.Data));
        Assert.Equal(0, home.Token.Objects);
    }

    [Fact]
    public async Task A_token_that_keeps_the_anchor_on_the_host_is_none_unless_somebody_says_so()
    {
        using var home = SignerHome.Empty();
        string[] init = ["init", "--network", "hoodi", "--seal", "softhsm2", "--pin-file", home.Token.PinFile];

        Refusal.IsTold(await home.RunAsync(init), "keeps data objects in files of this host", "--anchor-on-host");

        Assert.Equal((false, 0), (Directory.Exists(home.Data), home.Token.Objects));
        var made = await home.RunAsync([.. init, "--anchor-on-host"]);
        made.Succeeded();
        Assert.Contains("takes the fence along with ledger and vault", made.Error, StringComparison.Ordinal);
        Assert.Contains(
            "takes the fence along with ledger and vault",
            string.Join(' ', (await home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output.Split()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_token_that_keeps_no_data_objects_wants_a_TPM_beside_it_or_a_word_that_there_is_no_fence()
    {
        using var home = SignerHome.Empty();
        var profile = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "hsm-profiles", "softhsm2.json"))).Replace(
            "\"kept\": \"host\"",
            "\"kept\": \"none\"",
            StringComparison.Ordinal
        );
        await File.WriteAllTextAsync(home.Beside("profile.json"), profile);
        string[] init =
        [
            "init",
            "--network",
            "hoodi",
            "--seal",
            home.Beside("profile.json"),
            "--pin-file",
            home.Token.PinFile,
            "--tpm",
            $"swtpm:path={home.Beside("no-tpm")}",
        ];

        Refusal.IsTold(await home.RunAsync(init), "keeps no data objects, and there is no TPM", "--rollback-protection none");
        Refusal.IsTold(await home.RunAsync([.. init, "--rollback-protection", "token"]), "keeps no data objects", "tpm");
        Assert.Equal((false, 0), (Directory.Exists(home.Data), home.Token.Objects));

        await using var tpm = await SoftwareTpm.StartAsync(Directory.CreateDirectory(home.Beside("tpm")).FullName);
        Refusal.IsTold(await home.RunAsync([.. init[..^1], tpm.Address]), "has no storage root key", "systemd-tpm2-setup");
        Assert.Equal((false, 0), (Directory.Exists(home.Data), home.Token.Objects));
        using var another = SignerHome.Empty(home.Token);
        (await another.RunAsync("init", "--network", "hoodi", "--seal", "tpm", "--tpm", tpm.Address)).Succeeded();
        (await home.RunAsync([.. init[..^1], tpm.Address])).Succeeded();

        Assert.Contains("\"anchor\": \"tpm\"", await File.ReadAllTextAsync(home.OptionsFile), StringComparison.Ordinal);
        Assert.Equal(2, home.Token.Objects);
    }

    [Fact]
    public async Task Of_two_at_once_one_makes_the_signer_and_the_other_leaves_its_files_alone()
    {
        using var home = SignerHome.Empty();

        var both = await Task.WhenAll(home.InitAsync("hoodi"), home.InitAsync("hoodi"));

        Assert.Equal([0, 1], both.Select(one => one.ExitCode).Order());
        Assert.Equal(3, home.Token.Objects);
        (await home.RunAsync("rollback-protection", "status")).Succeeded();
    }

    [Fact]
    public async Task Never_writes_over_a_signer()
    {
        using var copy = _template.Copy();
        var before = await File.ReadAllBytesAsync(copy.VaultFile);

        Refusal.IsTold(await copy.InitAsync("hoodi"), "there is a signer in", "choose another folder");

        Assert.Equal(before, await File.ReadAllBytesAsync(copy.VaultFile));
    }

    [Fact]
    public async Task Takes_a_network_without_genesis_when_the_time_is_given_or_the_window_is_declined()
    {
        (await _home.InitAsync("minimal", "--genesis-time", "1700000000", "--genesis-validators-root", Chain)).Succeeded();
        using var other = SignerHome.Empty(_home.Token);
        (await other.InitAsync("minimal", "--no-slot-window", "--genesis-validators-root", Chain)).Succeeded();

        Assert.Contains("\"genesisTime\": 1700000000", await File.ReadAllTextAsync(_home.OptionsFile));
        Assert.Contains($"\"genesisValidatorsRoot\": \"{Chain}\"", await File.ReadAllTextAsync(_home.OptionsFile));
        Assert.Contains("\"enabled\": false", await File.ReadAllTextAsync(other.OptionsFile));
    }

    [Fact]
    public void Keeps_everything_it_makes_from_others()
    {
        const UnixFileMode Others = (UnixFileMode)0b111_111;
        Assert.All(
            Directory.EnumerateFileSystemEntries(_template.Original.Data, "*", SearchOption.AllDirectories).Append(_template.Original.Data),
            path => Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"others may open {path}")
        );
    }

    [Theory]
    [InlineData("--frobnicate")]
    [InlineData("init", "--netwrok", "hoodi")]
    [InlineData("init", "--seal", "softhsm2")]
    [InlineData("serve", "--listen")]
    [InlineData("slashing", "watermark", "--slot", "-1")]
    [InlineData("keys")]
    public async Task Wrong_usage_is_told_apart(params string[] arguments) =>
        Refusal.IsWrongUsage(await SignerProcess.RunAsync(null, arguments));

    [Theory]
    [InlineData("tls/server.crt")]
    [InlineData("clients/ca.key")]
    public async Task What_lies_where_certificates_are_made_is_not_written_over(string file)
    {
        Directory.CreateDirectory(
            Path.Combine(_home.Data, Path.GetDirectoryName(file)!),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        File.SetUnixFileMode(_home.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(_home.Data, file), "mine", TestContext.Current.CancellationToken);

        Refusal.IsTold(await _home.InitAsync("hoodi"), "is there already", "nothing is overwritten");

        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_home.Data, file), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("keys", "list")]
    [InlineData("serve")]
    [InlineData("seal", "status")]
    [InlineData("slashing", "status")]
    [InlineData("audit", "verify")]
    public async Task A_verb_without_a_signer_says_there_is_none(params string[] verb)
    {
        Refusal.IsTold(await _home.RunAsync(verb), _home.Data);
        var unnamed = await SignerProcess.RunAsync(null, verb);
        Refusal.IsWrongUsage(unnamed);
        Assert.Contains("no data directory was named", unnamed.Error);
    }

    public void Dispose() => _home.Dispose();
}
