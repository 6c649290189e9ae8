namespace RemoteSigner.Host.Configuration;

/// <summary>The log for people and machines.</summary>
internal sealed class LogOptions
{
    /// <summary><c>console</c> or <c>json</c>.</summary>
    public string Format { get; set; } = "console";

    /// <summary>trace, debug, information, warning, error or critical, in any case.</summary>
    public string Level { get; set; } = "information";

    /// <summary>What <see cref="Level"/> says; null where it is none of its words.</summary>
    public LogLevel? FindLevel() =>
        Level.ToLowerInvariant() switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "information" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "critical" => LogLevel.Critical,
            _ => null,
        };
}
