namespace RemoteSigner.Host.Configuration;

/// <summary>
/// The Keymanager API, through which keys come in and go. It is off until its token was made, and for every client without
/// <c>manageKeys</c>.
/// </summary>
internal sealed class KeymanagerOptions
{
    /// <summary>File with the bearer token.</summary>
    public string TokenFile { get; set; } = "keymanager.token";

    /// <summary>MiB lent to opening keystores; scrypt takes 256 for each at a time.</summary>
    public int MemoryMib { get; set; } = 1024;

    /// <summary>Bytes of the largest request: a thousand keystores have 2 MB, their slashing history comes along.</summary>
    public long MaxBodyBytes { get; set; } = 64 * 1024 * 1024;
}
