using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// The files with which a client of a signer proves itself, and knows the signer: PEM certificate (with what stands between it and its
/// authority), PEM key, and the signer's authority. They are renewed while the program runs, one after the other: what does not fit
/// together leaves the former ones in force.
/// </summary>
internal sealed class ClientFiles
{
    private readonly string _certificate;
    private readonly string _key;
    private readonly string? _authority;
    private readonly Lock _gate = new();
    private volatile ClientMaterial _current;
    private byte[] _seen;

    /// <exception cref="ConfigurationException">A file is missing, unreadable or malformed, or certificate and key do not belong
    /// together.</exception>
    public ClientFiles(string certificate, string key, string? authority)
    {
        (_certificate, _key, _authority) = (certificate, key, authority);
        _seen = Hash();
        _current = Read();
    }

    public ClientMaterial Current => _current;

    /// <summary>
    /// Reads the files again if they hold something else than when they were looked at last, and says so. Many may ask: one of them reads.
    /// </summary>
    public void Refresh(ILogger log)
    {
        lock (_gate)
        {
            var found = Hash();
            if (found.AsSpan().SequenceEqual(_seen))
            {
                return;
            }

            _seen = found;
            try
            {
                _current = Read();
                log.LogInformation(
                    "read {Certificate}, its key and the authority anew: '{Client}', good until {Until:u}",
                    _certificate,
                    _current.Name,
                    _current.Certificate.TargetCertificate.NotAfter.ToUniversalTime()
                );
            }
            catch (ConfigurationException exception)
            {
                log.LogWarning(
                    "{Fault}; the former certificate, key and authority stay in force until the files fit together",
                    exception.Message
                );
            }
        }
    }

    private ClientMaterial Read()
    {
        var leaf = Open("--certificate or --key", _certificate, () => X509Certificate2.CreateFromPemFile(_certificate, _key));
        var chain = new X509Certificate2Collection();
        Open("--certificate", _certificate, () =>
        {
            chain.ImportFromPemFile(_certificate);
            return chain;
        });
        return new ClientMaterial(
            SslStreamCertificateContext.Create(leaf, chain, offline: true),
            _authority is null ? null : ReadAuthority(_authority)
        );
    }

    private static X509ChainPolicy ReadAuthority(string path) => Open("--ca", path, () =>
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(path);
            return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("the file holds no certificate");
        });

    // Of each file on its own, so that nothing moves unseen from one into the next. What cannot be read is told by whoever reads it.
    private byte[] Hash() => [.. new[] { _certificate, _key, _authority }.OfType<string>().SelectMany(HashOf)];

    private static byte[] HashOf(string path)
    {
        try
        {
            // Unbuffered: the buffer would keep the key, and hashing clears its own.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return SHA256.HashData(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new byte[SHA256.HashSizeInBytes];
        }
    }

    private static T Open<T>(string option, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(
                $"cannot use {path} as {option}: {exception.Message}",
                "name readable PEM files: a client's .crt and .key from the signer's clients folder, and its tls/ca.crt"
            );
        }
    }
}
