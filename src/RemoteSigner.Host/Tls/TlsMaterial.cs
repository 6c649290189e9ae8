using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Access;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Tls;

/// <summary>Everything of one reading of the TLS files: the server's certificate and whom to trust. Replaced whole on reload.</summary>
internal sealed record TlsMaterial(SslStreamCertificateContext ServerCertificate, ClientTrust Trust, SslProtocols Protocols)
{
    /// <summary>Reads every file that <paramref name="options"/> names.</summary>
    /// <exception cref="ConfigurationException">A file is missing, unreadable, malformed, or certificate and key do not belong
    /// together.</exception>
    public static TlsMaterial Read(TlsOptions options, DataDirectory data)
    {
        var authorities = ReadAuthorities(options, data);
        IReadOnlyList<KnownClient> known = [];
        if (options.KnownClients is { } knownClients)
        {
            Open("tls.knownClients", data.Resolve(knownClients), path => known = KnownClient.Read(File.ReadLines(path)));
        }

        var revocations = ReadRevocations(options, data, authorities);
        SslStreamCertificateContext? server = null;
        Open("tls.certificate", data.Resolve(options.Certificate), path => server = ReadServer(path, options, data));
        var protocols = options.AllowTls12 ? SslProtocols.Tls13 | SslProtocols.Tls12 : SslProtocols.Tls13;
        return new TlsMaterial(server!, new ClientTrust(authorities, known, revocations), protocols);
    }

    /// <summary>Those whose clients count; none where clients are known one by one.</summary>
    /// <exception cref="ConfigurationException">They cannot be read.</exception>
    public static X509Certificate2Collection ReadAuthorities(TlsOptions options, DataDirectory data)
    {
        var authorities = new X509Certificate2Collection();
        if (options.ClientAuthorities is { } bundle)
        {
            Open("tls.clientAuthorities", data.Resolve(bundle), path => authorities.ImportFromPemFile(path));
            if (authorities.Count == 0)
            {
                throw Fault("tls.clientAuthorities", data.Resolve(bundle), "the file holds no certificate");
            }
        }

        return authorities;
    }

    /// <summary>The lists of those who are revoked, each signed by one of <paramref name="authorities"/>.</summary>
    /// <exception cref="ConfigurationException">They cannot be read.</exception>
    public static RevocationLists ReadRevocations(TlsOptions options, DataDirectory data, X509Certificate2Collection authorities)
    {
        var revocations = RevocationLists.None;
        if (options.RevocationList is { } list)
        {
            Open("tls.revocationList", data.Resolve(list), path =>
                revocations = RevocationLists.Read(BoundedFile.ReadAllBytes(path, RevocationFile.MaxBytes), authorities)
            );
        }

        return revocations;
    }

    private static SslStreamCertificateContext ReadServer(string path, TlsOptions options, DataDirectory data)
    {
        X509Certificate2 leaf;
        var chain = new X509Certificate2Collection();
        if (options.Key is { } key)
        {
            leaf = X509Certificate2.CreateFromPemFile(path, data.Resolve(key));
            chain.ImportFromPemFile(path);
        }
        else
        {
            var password = options.PasswordFile is { } file ? File.ReadLines(data.Resolve(file)).First() : null;
            leaf = X509CertificateLoader.LoadPkcs12FromFile(path, password);
            chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        }

        // Also one that is out of date: whether to be served under it is the clients' affair, and some come through another door.
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    private static void Open(string setting, string path, Action<string> read)
    {
        try
        {
            read(path);
        }
        // Of a key on a curve that it does not know, or that is damaged, the platform says NotSupportedException, ArgumentException, or the
        // library's own: whatever a file makes of its reader is told as the file's.
        catch (Exception exception)
        {
            throw Fault(setting, path, Directory.Exists(path) ? "it is a folder" : exception.Message);
        }
    }

    private static ConfigurationException Fault(string setting, string path, string fault) =>
        new($"cannot use {path} as {setting}: {fault}", "put a readable file of the right kind there, or name another in signer.json");
}
