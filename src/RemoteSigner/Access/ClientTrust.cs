using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RemoteSigner.Access;

/// <summary>
/// Tells from a certificate which client it is. A certificate is good when one of the authorities signed it and no revocation list names
/// it, or when the known-clients file lists its common name with its fingerprint (Web3Signer's rule: either is enough).
/// </summary>
public sealed class ClientTrust
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;
    private readonly FrozenSet<KnownClient> _knownClients;
    private readonly RevocationLists _revocations;

    public ClientTrust(X509Certificate2Collection authorities, IEnumerable<KnownClient> knownClients, RevocationLists revocations) =>
        (_authorities, _knownClients, _revocations) = (authorities, knownClients.ToFrozenSet(), revocations);

    /// <summary>When the first revocation list is out of date; null where there is none.</summary>
    public DateTimeOffset? NextRevocationUpdate => _revocations.NextUpdate;

    /// <summary>The lower-case SHA-256 fingerprint of a certificate, 64 hex digits.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    public ClientVerdict Judge(X509Certificate2 certificate, DateTimeOffset now)
    {
        var client = new Client(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), Fingerprint(certificate));
        if (client.Name.Length == 0)
        {
            return new ClientVerdict.Refused("the certificate has no common name");
        }

        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime())
        {
            return new ClientVerdict.Refused($"the certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only");
        }

        var refusal = ChainRefusal(certificate, now);
        return refusal is null || _knownClients.Contains(new KnownClient(client.Name, client.CertificateFingerprint!))
            ? new ClientVerdict.Accepted(client)
            : new ClientVerdict.Refused(refusal);
    }

    private string? ChainRefusal(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (_authorities.Count == 0)
        {
            return "the certificate is not one of the known clients";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // Revocation is judged below from the operator's list alone: the platform would look for lists on the network.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (!chain.Build(certificate))
        {
            return "no client authority vouches for it: " + string.Join(", ", chain.ChainStatus.Select(status => status.Status));
        }

        return chain.ChainElements.Any(element => _revocations.Revoke(element.Certificate)) ? "the certificate, or one above it, is revoked" : null;
    }
}
