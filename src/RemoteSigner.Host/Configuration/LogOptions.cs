using System.Collections.Frozen;

namespace RemoteSigner.Host.Configuration;

/// <summary>The log for people and machines.</summary>
internal sealed class LogOptions
{
    private static readonly FrozenDictionary<LogLevel, string> _words = new Dictionary<LogLevel, string>
    {
        [LogLevel.Trace] = "trace",
        [LogLevel.Debug] = "debug",
        [LogLevel.Information] = "information",
        [LogLevel.Warning] = "warning",
        [LogLevel.Error] = "error",
        [LogLevel.Critical] = "critical",
    }.ToFrozenDictionary();

    public const string LevelListing = "trace, debug, information, warning, error or critical";

    /// <summary><c>console</c> or <c>json</c>.</summary>
    public string Format { get; set; } = "console";

    /// <summary>One of <see cref="LevelListing"/>, in any case.</summary>
    public string Level { get; set; } = "information";

    /// <summary>What <see cref="Level"/> says; null where it is none of its words.</summary>
    public LogLevel? FindLevel()
    {
        foreach (var (level, word) in _words)
        {
            if (word.Equals(Level, StringComparison.OrdinalIgnoreCase))
            {
                return level;
            }
        }

        return null;
    }

    /// <summary>The word of a level that something is logged at.</summary>
    public static string Word(LogLevel level) => _words[level];
}
