using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// A signed attestation as it travels: the TPMS_ATTEST bytes, and the ECDSA signature over their SHA-256 (64 bytes, r then s).
/// </summary>
public sealed class TpmAttestation(byte[] attest, byte[] signature)
{
    public byte[] Attest { get; } = attest;

    public byte[] Signature { get; } = signature;

    /// <summary>Verifies, without a TPM, that the key signed it, and reads it. The caller compares challenge, Names and digests.</summary>
    /// <exception cref="TpmIntegrityException">The signature is wrong or by another key; the key may sign what did not come from a TPM;
    /// malformed.</exception>
    public TpmsAttest Verify(EccPublic attestationKey)
    {
        const TpmaObject Restricted = TpmaObject.Restricted | TpmaObject.SignEncrypt;
        const TpmaObject OfOneTpm = TpmaObject.FixedTPM | TpmaObject.SensitiveDataOrigin;
        if (!attestationKey.Attributes.HasFlag(Restricted))
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.Signature,
                "the key is not a restricted signing key: it would sign an invented attestation too"
            );
        }

        // A key from outside can be imported as a restricted one, and answers a credential as well: its private half signs anything
        // elsewhere.
        if (!attestationKey.Attributes.HasFlag(OfOneTpm))
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.Signature,
                "the key was not made in a TPM that it cannot leave: somebody may have its private half"
            );
        }

        using var key = ECDsa.Create(attestationKey.ToParameters());
        return key.VerifyData(Attest, Signature, HashAlgorithmName.SHA256)
            ? TpmsAttest.Parse(Attest)
            : throw new TpmIntegrityException(TpmIntegrityFault.Signature, "the attestation's signature is wrong, or by another key");
    }
}
