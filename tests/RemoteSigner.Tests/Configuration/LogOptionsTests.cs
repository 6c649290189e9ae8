using Microsoft.Extensions.Logging;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Tests.Configuration;

/// <summary>A level of the log is one of six words.</summary>
public sealed class LogOptionsTests
{
    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("information", LogLevel.Information)]
    [InlineData("Information", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("CRITICAL", LogLevel.Critical)]
    public void A_word_is_a_level_in_any_case(string word, LogLevel level) =>
        Assert.Equal(level, new LogOptions { Level = word }.FindLevel());

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("none")]
    [InlineData("Trace,Debug")]
    [InlineData(" debug")]
    [InlineData("warn")]
    public void Nothing_else_is(string word)
    {
        var options = new SignerOptions
        {
            Network = new NetworkOptions { Name = "hoodi" },
            Seal = new SealOptions { Profile = "softhsm2", Token = "validators" },
            Clients = [],
            Log = new LogOptions { Level = word },
        };

        Assert.Equal(
            ["log.level must be trace, debug, information, warning, error or critical"],
            SignerOptionsValidator.Faults(options, new DataDirectory("."))
        );
    }
}
