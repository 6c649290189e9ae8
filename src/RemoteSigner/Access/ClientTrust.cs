using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RemoteSigner.Access;

/// <summary>
/// Tells from a certificate which client it is. A certificate is good when one of the authorities signed it, itself or through certificates
/// that the client sent along, and no revocation list names it or one above it, or when the known-clients file lists its common name with
/// its fingerprint (Web3Signer's rule: either is enough). An authority counts as it stands in the bundle: a root, or one that another has
/// signed.
/// </summary>
public sealed class ClientTrust
{
    private const string CommonNameAttribute = "2.5.4.3";
    private const int MaxNameLength = 64;
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;
    private readonly FrozenSet<KnownClient> _knownClients;
    private readonly RevocationLists _revocations;

    public ClientTrust(X509Certificate2Collection authorities, IEnumerable<KnownClient> knownClients, RevocationLists revocations) =>
        (_authorities, _knownClients, _revocations) = (authorities, knownClients.ToFrozenSet(), revocations);

    /// <summary>Those whose clients count.</summary>
    public IEnumerable<X509Certificate2> Authorities => _authorities;

    /// <summary>When the first revocation list is out of date; null where there is none.</summary>
    public DateTimeOffset? NextRevocationUpdate => _revocations.NextUpdate;

    /// <summary>The lower-case SHA-256 fingerprint of a certificate, 64 hex digits.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    /// <param name="sent">What the client sent beside its own certificate: it may lead to an authority, and proves nothing else.</param>
    public ClientVerdict Judge(X509Certificate2 certificate, X509Certificate2Collection sent, DateTimeOffset now)
    {
        if (CommonName(certificate) is not { } name)
        {
            return new ClientVerdict.Refused("the certificate does not have exactly one common name of at most 64 printable characters");
        }

        var client = new Client(name, Fingerprint(certificate));

        if (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime())
        {
            return new ClientVerdict.Refused($"the certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only");
        }

        using var chain = NewChain(sent, now);
        if (_authorities.Count > 0 && chain.Build(certificate) && EndsInAuthority(chain))
        {
            // Final: a line in the known-clients file does not bring a revoked certificate back.
            return chain.ChainElements.Any(element => _revocations.Revoke(element.Certificate))
                ? new ClientVerdict.Refused("the certificate, or one above it, is revoked")
                : new ClientVerdict.Accepted(client);
        }

        return _knownClients.Contains(new KnownClient(client.Name, client.CertificateFingerprint!))
            ? new ClientVerdict.Accepted(client)
            : new ClientVerdict.Refused(
                "no client authority vouches for it, and it is not one of the known clients: "
                    + string.Join(", ", chain.ChainStatus.Select(status => status.Status))
            );
    }

    // Two common names would let whoever appends one choose whose rights a certificate has.
    private static string? CommonName(X509Certificate2 certificate)
    {
        var names = certificate
            .SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameAttribute)
            .Select(part => part.GetSingleElementValue())
            .ToList();
        return names is [{ Length: > 0 and <= MaxNameLength } name] && !name.Any(char.IsControl) ? name : null;
    }

    // To build may end at the bundle's own authority although another one signed that. Everything but its end was checked: signatures,
    // times, uses.
    private bool EndsInAuthority(X509Chain chain) =>
        chain.ChainStatus.Length == 0
        || chain
            .ChainElements.Skip(1)
            .Any(element =>
                _authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span))
            );

    private X509Chain NewChain(X509Certificate2Collection sent, DateTimeOffset now)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // Revocation is judged below from the operator's list alone: the platform would look for lists on the network.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain;
    }
}
