using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>That it is the machine, the signer and the keys that the verifier means.</summary>
internal static class IdentityChecks
{
    public static IReadOnlyList<(string Name, Func<SignedParts, Expectations, EvidenceCheck> Run)> All { get; } =
    [("tls-certificate", TlsCertificate), ("keys", Keys), ("endorsement", EndorsementCertificate), ("binding", Binding)];

    private static EvidenceCheck TlsCertificate(SignedParts signed, Expectations expected) =>
        expected.TlsCertificate is not { } certificate
            ? EvidenceCheck.NotChecked("tls-certificate", "none was given (--tls-certificate)")
            : EvidenceCheck.Of(
                "tls-certificate",
                certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(signed.Evidence.Signer.TlsPublicKey),
                "its key is the one of the signer that was quoted",
                "its key is not the one of the signer that was quoted: somebody may be in between"
            );

    private static EvidenceCheck Keys(SignedParts signed, Expectations expected)
    {
        if (expected.Keys is not { } keys)
        {
            return EvidenceCheck.NotChecked("keys", "none were given (--keys)");
        }

        var open = signed.Evidence.Signer.PublicKeys.Select(key => new BlsPublicKey(key)).ToHashSet();
        var (missing, more) = (keys.Except(open).ToList(), open.Except(keys).ToList());
        return EvidenceCheck.Of(
            "keys",
            open.SetEquals(keys),
            $"all {keys.Count}, and no other",
            $"{missing.Count} are missing and {more.Count} are too many, such as {missing.Concat(more).FirstOrDefault()}"
        );
    }

    private static EvidenceCheck EndorsementCertificate(SignedParts signed, Expectations expected)
    {
        if (expected.EkRoots is not { } roots)
        {
            return EvidenceCheck.NotChecked("endorsement", "no TPM makers' roots were given (--ek-roots)");
        }

        if (signed.Evidence.Endorsement.Certificate is not { } bytes)
        {
            return EvidenceCheck.Fail("endorsement", "the TPM holds no certificate of its endorsement key");
        }

        using var certificate = X509CertificateLoader.LoadCertificate(bytes);
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(PublicKeyInfo(signed.Evidence.Endorsement.Key)))
        {
            return EvidenceCheck.Fail("endorsement", "the certificate is of another key than the endorsement key");
        }

        using var chain = ChainTo(roots, expected.Now);
        return EvidenceCheck.Of(
            "endorsement",
            chain.Build(certificate),
            $"certified by {chain.ChainElements[^1].Certificate.Subject}",
            "its certificate leads to none of the roots: "
                + $"{string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()))}"
        );
    }

    private static EvidenceCheck Binding(SignedParts signed, Expectations expected) =>
        expected.Trust is not { } trust
            ? EvidenceCheck.NotChecked(
                "binding",
                "no trust file was given (--trust): nothing shows that the attestation key lives in the TPM of the endorsement key"
            )
            : EvidenceCheck.Of(
                "binding",
                trust.AttestationKeyName.AsSpan().SequenceEqual(signed.KeyName.Bytes)
                    && trust.EndorsementKey.AsSpan().SequenceEqual(signed.Evidence.Endorsement.Key),
                "the attestation key is the one that was proven to live in this TPM",
                "attestation key and endorsement key are not those that were bound: another machine, or a cleared TPM"
            );

    // As DER, because a key that may only agree on keys has no ECDsa object to compare.
    internal static byte[] PublicKeyInfo(byte[] endorsementKey)
    {
        switch (TpmtPublic.Parse(endorsementKey))
        {
            case EccPublic ecc:
                using (var key = ECDsa.Create(ecc.ToParameters()))
                {
                    return key.ExportSubjectPublicKeyInfo();
                }

            case RsaPublic rsa:
                using (var key = RSA.Create(rsa.ToParameters()))
                {
                    return key.ExportSubjectPublicKeyInfo();
                }

            default:
                throw new TpmIntegrityException(TpmIntegrityFault.Malformed, "the endorsement key is no asymmetric key");
        }
    }

    internal static X509Chain ChainTo(X509Certificate2Collection authorities, DateTimeOffset now)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(
            authorities.Where(authority => authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData)).ToArray()
        );
        chain.ChainPolicy.ExtraStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        return chain;
    }
}
