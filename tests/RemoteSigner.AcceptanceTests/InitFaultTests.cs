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
        var arguments = new List<string> { "init", "--network", "hoodi", "--seal", "softhsm2", "--pin-file", _home.Token.PinFile };
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
            path => Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"others may open {path}"));
    }

    [Theory]
    [InlineData("--frobnicate")]
    [InlineData("init", "--netwrok", "hoodi")]
    [InlineData("init", "--seal", "softhsm2")]
    [InlineData("serve", "--listen")]
    [InlineData("slashing", "watermark", "--slot", "-1")]
    [InlineData("keys")]
    public async Task Wrong_usage_is_told_apart(params string[] arguments) => Refusal.IsWrongUsage(await SignerProcess.RunAsync(null, arguments));

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
