using System.Text.RegularExpressions;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// <c>init --for</c>: what a signer is for decides which next steps are named, and each of them is a command that there is.
/// </summary>
public sealed partial class InitPurposeTests : IDisposable
{
    private readonly SignerHome _home = SignerHome.Empty();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(null, "keys import", "tls issue", "serve")]
    [InlineData("validators", "keys import", "tls issue", "serve")]
    [InlineData("charon", "cluster import", "keymanager token", "connect", "cluster bind", "cluster add-lock", "tls issue", "serve")]
    [InlineData("ssv", "operator import", "cluster add-lock", "cluster import", "tls issue", "serve")]
    public async Task Names_the_next_steps_of_what_it_is_for(string? purpose, params string[] commands)
    {
        var told = (await _home.InitAsync("hoodi", purpose is null ? [] : ["--for", purpose])).Succeeded().Error;
        var steps = told[told.IndexOf("next, for", StringComparison.Ordinal)..].Split('\n');

        Assert.Equal(
            commands.Order(),
            steps.SelectMany(step => Command().Matches(step)).Select(match => match.Groups[1].Value).Distinct().Order()
        );
        foreach (var step in steps)
        {
            // What is said of init in a step is told of options of the same command.
            var help = await HelpAsync("init");
            foreach (var command in Command().Matches(step).Select(match => match.Groups[1].Value))
            {
                help += await HelpAsync(command);
            }

            Assert.All(LongOption().Matches(step).Select(match => match.Value), option =>
                Assert.Contains($"{option} ", help, StringComparison.Ordinal)
            );
        }
    }

    /// <summary>A person is asked; a pipe is not, whatever it says.</summary>
    [Theory]
    [InlineData("ssv", "shares of an SSV operator")]
    [InlineData("2", "shares of a Charon cluster")]
    [InlineData("", "keys of validators")]
    public async Task Asks_at_a_terminal_where_it_was_not_told(string answer, string purpose)
    {
        string[] terminal = ["sh", "-c", $"echo '{answer}' | script -qec \"$0 $*\" /dev/null"];

        var asked = (await SignerProcess.RunUnderAsync(terminal, _home.Token, [.. Init, "--data", _home.Data])).Succeeded().Output;

        Assert.Contains("what is this signer for?", asked, StringComparison.Ordinal);
        Assert.Contains($"next, for {purpose}", asked, StringComparison.Ordinal);
        Directory.Delete(_home.Data, recursive: true);
        string[] pipe = ["sh", "-c", "echo ssv | \"$0\" \"$@\""];
        var piped = (await SignerProcess.RunUnderAsync(pipe, _home.Token, [.. Init, "--data", _home.Data])).Succeeded().Error;
        Assert.DoesNotContain("what is this signer for?", piped, StringComparison.Ordinal);
        Assert.Contains("next, for keys of validators", piped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_it_is_not_for()
    {
        var result = await _home.InitAsync("hoodi", "--for", "mining");

        Refusal.IsWrongUsage(result);
        Assert.Contains("validators|charon|ssv", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_home.Data));
    }

    private string[] Init => ["init", "--network", "hoodi", "--seal", "softhsm2", "--anchor-on-host", "--pin-file", _home.Token.PinFile];

    private async Task<string> HelpAsync(string command)
    {
        var help = (await SignerProcess.RunAsync(_home.Token, [.. command.Split(' '), "--help"])).Succeeded().Output;
        Assert.Contains($"remote-signer {command}", help, StringComparison.Ordinal);
        return help;
    }

    [GeneratedRegex("remote-signer ([a-z]+(?: [a-z][a-z-]*)*)")]
    private static partial Regex Command();

    [GeneratedRegex("--[a-z0-9-]+")]
    private static partial Regex LongOption();
}
