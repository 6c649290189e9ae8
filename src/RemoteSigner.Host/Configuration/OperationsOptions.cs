namespace RemoteSigner.Host.Configuration;

/// <summary>The listener for health and metrics. It holds no key and signs nothing.</summary>
internal sealed class OperationsOptions
{
    public string Listen { get; set; } = "127.0.0.1:9001";

    public List<string> HostAllowlist { get; set; } = ["localhost", "127.0.0.1"];
}
