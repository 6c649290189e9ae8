namespace RemoteSigner.Host.Configuration;

/// <summary>The listener for health and metrics. It holds no key and signs nothing.</summary>
internal sealed class OperationsOptions
{
    public string Listen { get; set; } = "127.0.0.1:9001";

    /// <summary>
    /// Mutual TLS with the API's certificate and the clients it trusts; without it the listener is for loopback or behind a firewall.
    /// </summary>
    public bool Tls { get; set; }

    public List<string> HostAllowlist { get; set; } = ["localhost", "127.0.0.1"];
}
