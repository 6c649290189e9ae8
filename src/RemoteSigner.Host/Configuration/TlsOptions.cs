namespace RemoteSigner.Host.Configuration;

/// <summary>Certificates of the API listener. The files are read again on SIGHUP and by POST /reload.</summary>
internal sealed class TlsOptions
{
    /// <summary>PEM certificate (chain), or a PKCS#12 file when <see cref="Key"/> is null.</summary>
    public string Certificate { get; set; } = "tls/server.crt";

    public string? Key { get; set; } = "tls/server.key";

    /// <summary>File whose first line is the password of the PKCS#12 file.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>PEM bundle of the authorities that sign client certificates.</summary>
    public string? ClientAuthorities { get; set; } = "tls/ca.crt";

    /// <summary>Web3Signer's known-clients file: lines of a common name and a SHA-256 fingerprint.</summary>
    public string? KnownClients { get; set; }

    /// <summary>PEM or DER certificate revocation list of those authorities.</summary>
    public string? RevocationList { get; set; }

    /// <summary>Also accept TLS 1.2.</summary>
    public bool AllowTls12 { get; set; }
}
