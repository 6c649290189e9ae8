using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Tls;

/// <summary>The TLS material in force. A reload that fails leaves the former one in place.</summary>
internal sealed class TlsStore(DataDirectory data, TlsOptions options)
{
    private volatile TlsMaterial _current = TlsMaterial.Read(options, data);

    public TlsMaterial Current => _current;

    /// <summary>Reads all files that these options name, and puts nothing in force.</summary>
    /// <exception cref="ConfigurationException">One of them cannot be used.</exception>
    public TlsMaterial Read(TlsOptions read) => TlsMaterial.Read(read, data);

    /// <summary>From now on, for open connections too.</summary>
    public void Put(TlsMaterial material) => _current = material;
}
