namespace RemoteSigner.Host.Configuration;

/// <summary>One of three sources; none means: ask at the terminal.</summary>
internal sealed class PinOptions
{
    /// <summary>Path of a file that only the service user can read.</summary>
    public string? File { get; set; }

    /// <summary>Name of a systemd credential (<c>LoadCredential=</c>).</summary>
    public string? Credential { get; set; }

    /// <summary>Name of an environment variable; root and the same user can read it.</summary>
    public string? Environment { get; set; }
}
