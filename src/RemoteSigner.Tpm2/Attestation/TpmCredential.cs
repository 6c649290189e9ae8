using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// A challenge that only one TPM can answer (TPM 2.0 Library Part 1 §24): <see cref="Make"/> encrypts up to 32 bytes so that only the TPM
/// with that endorsement key gives them back, and only when the key of that Name is loaded in it. <see cref="Blob"/> is a TPM2B_ID_OBJECT,
/// <see cref="EncryptedSeed"/> a TPM2B_ENCRYPTED_SECRET, both without their sizes.
/// </summary>
public sealed class TpmCredential(byte[] blob, byte[] encryptedSeed)
{
    public byte[] Blob { get; } = blob;

    public byte[] EncryptedSeed { get; } = encryptedSeed;

    /// <summary>
    /// TPM2_MakeCredential (Part 3 §12.6) in software, for a verifier without a TPM. For the default ECC and RSA endorsement keys.
    /// </summary>
    /// <exception cref="TpmIntegrityException">The endorsement key is of another kind.</exception>
    public static TpmCredential Make(TpmtPublic endorsementKey, TpmName attestationKey, ReadOnlySpan<byte> secret)
    {
        switch (endorsementKey)
        {
            case EccPublic ecc when ecc.Symmetric == TpmtSymDef.Aes128Cfb:
                using (var shared = EphemeralSecret.For(ecc, "IDENTITY"u8))
                {
                    return new TpmCredential(Protect(shared.Seed, attestationKey, secret), shared.EncryptedSecret);
                }

            case RsaPublic rsa when rsa.Symmetric == TpmtSymDef.Aes128Cfb && IsRsa2048(rsa):
                using (var seed = new PinnedBytes(32))
                {
                    RandomNumberGenerator.Fill(seed.Span);
                    return new TpmCredential(
                        Protect(seed.Span, attestationKey, secret),
                        RsaOaep.Encrypt(rsa.ToParameters(), seed.Span, "IDENTITY\0"u8)
                    );
                }

            default:
                throw new TpmIntegrityException(
                    TpmIntegrityFault.Malformed,
                    "the endorsement key is neither P-256 nor RSA 2048 with AES-128-CFB: it is of no default template"
                );
        }
    }

    /// <summary>Whoever sent the key may have made it up.</summary>
    private static bool IsRsa2048(RsaPublic key) => key.Modulus.Length == 256 && key.Modulus[0] >= 0x80;

    /// <summary>Part 1 §24.4 and §24.5: the secret encrypted under a key bound to the Name, and an HMAC over both.</summary>
    private static byte[] Protect(ReadOnlySpan<byte> seed, TpmName name, ReadOnlySpan<byte> secret)
    {
        using var identity = new PinnedBytes(2 + secret.Length);
        using var keyAndIv = new PinnedBytes(32);
        using var hmacKey = new PinnedBytes(32);
        new TpmWriter(identity.Span).Sized(secret);
        Kdf.KDFa(seed, "STORAGE"u8, name.Bytes, [], keyAndIv.Span[..16]);
        Kdf.Cfb(keyAndIv.Span, identity.Span, encrypt: true);
        Kdf.KDFa(seed, "INTEGRITY"u8, [], [], hmacKey.Span);
        var hmac = HMACSHA256.HashData(hmacKey.Span, [.. identity.Span, .. name.Bytes]);
        return [0, (byte)hmac.Length, .. hmac, .. identity.Span];
    }
}
