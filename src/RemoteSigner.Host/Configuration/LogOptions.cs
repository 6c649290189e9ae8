namespace RemoteSigner.Host.Configuration;

/// <summary>The log for people and machines.</summary>
internal sealed class LogOptions
{
    /// <summary><c>console</c> or <c>json</c>.</summary>
    public string Format { get; set; } = "console";

    /// <summary>trace, debug, information, warning, error.</summary>
    public string Level { get; set; } = "information";
}
