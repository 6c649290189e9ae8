using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Tpm2;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// Has a TPM prove, before anything is sealed under it for the first time, that the storage root key it shows lives beside the endorsement
/// key that its maker certified: only that TPM opens a credential for the one under the other (TPM 2.0 Library Part 1 §24). It does not say
/// whose TPM it is: that is what the certificate is to be compared for.
/// </summary>
/// <param name="makers">Authorities of TPM makers, roots and intermediates; null: the certificate's own word.</param>
public sealed class StorageRootCheck(SealingTpm device, X509Certificate2Collection? makers, DateTimeOffset now)
{
    private const int SecretLength = 32;

    /// <summary>On whose word this storage root key is taken, for people.</summary>
    /// <exception cref="RemoteAttestationException">The TPM does not prove it, or no maker of <c>makers</c> certified it.</exception>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public async Task<string> AskAsync(TpmName root, CancellationToken cancellation = default)
    {
        var answer = await device.RunAsync(tpm => Ask(tpm, root), cancellation);
        return answer is null && makers is not null
            ? throw new RemoteAttestationException(
                $"the {device.Description} shows no certificate of its endorsement key, or does not let it be used",
                "without --ek-roots its storage root key is believed as it is shown"
            )
            : $"storage root key {root}: "
                + $"{answer ?? "BELIEVED as the TPM shows it, which holds no certificate of its maker or does not let it be used"}";
    }

    private string? Ask(Tpm tpm, TpmName root)
    {
        using var key = device.ReadRoot(tpm);
        var salt = key.Pin(root);
        try
        {
            var identity = EndorsementIdentity.Read(tpm);
            return identity.Endorsement.Certificate is { } bytes ? Judge(tpm, key, salt, identity, bytes) : null;
        }
        catch (TpmException fault) when (fault.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
        {
            // Somebody gave the endorsement hierarchy an authorization value.
            return null;
        }
    }

    private string Judge(Tpm tpm, TpmObject key, PinnedKey salt, EndorsementIdentity identity, byte[] bytes)
    {
        using var certificate = Load(bytes);
        if (
            !certificate
                .PublicKey.ExportSubjectPublicKeyInfo()
                .AsSpan()
                .SequenceEqual(IdentityChecks.PublicKeyInfo(identity.Endorsement.Key))
        )
        {
            throw Refused("the certificate that it holds is of another key than its endorsement key");
        }

        var maker = makers is null ? $"'{certificate.Issuer}', which nobody compared (--ek-roots does)" : RequireMaker(certificate, makers);
        RequireActivation(tpm, key, salt, identity);
        return $"proven to live in the TPM whose endorsement key has the certificate {certificate.SerialNumber} (SHA-256 "
            + $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}) of {maker}";
    }

    private string RequireMaker(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = IdentityChecks.ChainTo(authorities, now);
        return chain.Build(certificate)
            ? $"'{chain.ChainElements[^1].Certificate.Subject}'"
            : throw Refused(
                "the certificate of its endorsement key leads to none of the roots: "
                    + $"{string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()))}"
            );
    }

    private void RequireActivation(Tpm tpm, TpmObject key, PinnedKey salt, EndorsementIdentity identity)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretLength);
        var answer = new byte[SecretLength];
        var credential = TpmCredential.Make(TpmtPublic.Parse(identity.Endorsement.Key), key.Name, secret);
        using var endorsementKey = identity.Open(tpm);
        using var policy = tpm.StartPolicySession(salt);
        tpm.PolicySecret(policy, TpmEntity.Endorsement, TpmPassword.Empty);
        try
        {
            tpm.ActivateCredential(key, TpmPassword.Empty, endorsementKey, policy, credential, answer);
        }
        catch (TpmException refusal)
            when (refusal.Rc is TpmRc.FAILURE or TpmRc.INTEGRITY or TpmRc.VALUE or TpmRc.SIZE or TpmRc.ECC_POINT or TpmRc.INSUFFICIENT)
        {
            throw Refused($"its endorsement key does not open a credential for the storage root key ({refusal.Message})");
        }

        if (!CryptographicOperations.FixedTimeEquals(secret, answer))
        {
            throw Refused("its endorsement key opens a credential for the storage root key to something else");
        }
    }

    private X509Certificate2 Load(byte[] bytes)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException fault)
        {
            throw Refused($"the certificate of its endorsement key cannot be read ({fault.Message})");
        }
    }

    private RemoteAttestationException Refused(string why) =>
        new(
            $"the {device.Description} does not prove its storage root key: {why}",
            "nothing was sealed; somebody may be on the TPM's bus, or it was cleared: find out before it gets a slot"
        );
}
