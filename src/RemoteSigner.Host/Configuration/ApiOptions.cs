namespace RemoteSigner.Host.Configuration;

/// <summary>The listener that signs.</summary>
internal sealed class ApiOptions
{
    public string Listen { get; set; } = "127.0.0.1:9000";

    /// <summary>Host names a request may be addressed to; <c>*</c> allows every one.</summary>
    public List<string> HostAllowlist { get; set; } = ["localhost", "127.0.0.1"];

    /// <summary>Seconds an idle connection is kept. Longer than a slot, so that a client's next duty finds it open.</summary>
    public int KeepAliveSeconds { get; set; } = 75;

    /// <summary>Bytes of the largest request body.</summary>
    public long MaxBodyBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>
    /// Listeners without TLS on loopback or on a unix socket: address (a port, or the absolute path of a socket) → name of the one client
    /// they serve.
    /// </summary>
    public Dictionary<string, string> LoopbackHttp { get; set; } = [];
}
