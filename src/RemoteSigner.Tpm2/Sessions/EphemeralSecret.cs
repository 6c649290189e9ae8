using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// A secret shared with the holder of an ECC key by a one-time ECDH (TPM 2.0 Library Part 1 annex C.6.1): 32 bytes, and the point that lets
/// the TPM find them.
/// </summary>
internal sealed class EphemeralSecret : IDisposable
{
    private readonly PinnedBytes _seed = new(32);

    private EphemeralSecret(byte[] point) => EncryptedSecret = point;

    public Span<byte> Seed => _seed.Span;

    /// <summary>TPM2B_ENCRYPTED_SECRET without its size: a TPMS_ECC_POINT.</summary>
    public byte[] EncryptedSecret { get; }

    public static EphemeralSecret For(EccPublic key, ReadOnlySpan<byte> label)
    {
        using var peer = ECDiffieHellman.Create(key.ToParameters());
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = ephemeral.ExportParameters(includePrivateParameters: false).Q;
        var secret = new EphemeralSecret(Encode(point));
        // .NET gives Z as an array of its own. Both keys are forgotten with this call, and Z is zeroed.
        var z = ephemeral.DeriveRawSecretAgreement(peer.PublicKey);
        Kdf.KDFe(z, label, point.X, peer.ExportParameters(includePrivateParameters: false).Q.X, secret.Seed);
        CryptographicOperations.ZeroMemory(z);
        return secret;
    }

    public void Dispose() => _seed.Dispose();

    private static byte[] Encode(ECPoint point)
    {
        Span<byte> buffer = stackalloc byte[68];
        var writer = new TpmWriter(buffer);
        writer.Sized(point.X);
        writer.Sized(point.Y);
        return writer.Written.ToArray();
    }
}
