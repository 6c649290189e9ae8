using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Connect;

/// <summary>The files with which a client of a signer proves itself, and knows the signer: PEM certificate (with what stands between it and its authority), PEM key, and the signer's authority.</summary>
internal sealed record ClientFiles(string Certificate, string Key, string? Authority)
{
    /// <summary>TLS that presents the certificate, and takes no server but one of the authority (of the system's authorities where none is named) whose certificate has the host's name.</summary>
    /// <exception cref="ConfigurationException">A file is missing, unreadable or malformed, or certificate and key do not belong together.</exception>
    public SslClientAuthenticationOptions Read()
    {
        var leaf = Open("--certificate or --key", Certificate, () => X509Certificate2.CreateFromPemFile(Certificate, Key));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(Certificate);
        var options = new SslClientAuthenticationOptions { ClientCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true) };
        if (Authority is { } path)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            Open("--ca", path, () =>
            {
                policy.CustomTrustStore.ImportFromPemFile(path);
                return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("the file holds no certificate");
            });
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    private static T Open<T>(string option, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException($"cannot use {path} as {option}: {exception.Message}", "name readable PEM files: a client's .crt and .key from the signer's clients folder, and its tls/ca.crt");
        }
    }
}
