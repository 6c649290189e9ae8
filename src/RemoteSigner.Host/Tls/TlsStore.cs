using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Tls;

/// <summary>The TLS material in force. A reload that fails leaves the former one in place.</summary>
internal sealed class TlsStore(DataDirectory data, TlsOptions options, TimeProvider time)
{
    private volatile TlsMaterial _current = TlsMaterial.Read(options, data, time.GetUtcNow());

    public TlsMaterial Current => _current;

    /// <summary>Reads all files again.</summary>
    /// <exception cref="ConfigurationException">One of them cannot be used; nothing has changed.</exception>
    public void Reload() => _current = TlsMaterial.Read(options, data, time.GetUtcNow());
}
