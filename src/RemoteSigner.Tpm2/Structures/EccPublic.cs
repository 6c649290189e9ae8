using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// The public area of a NIST P-256 key. <see cref="X"/> and <see cref="Y"/> are as the TPM gave them: up to 32 bytes, or a template's
/// filler.
/// </summary>
public sealed class EccPublic(TpmaObject attributes, byte[] authPolicy, TpmtSymDef symmetric, TpmtScheme scheme, byte[] x, byte[] y)
    : TpmtPublic(attributes, authPolicy)
{
    private const int P256 = 0x0003;

    public TpmtSymDef Symmetric { get; } = symmetric;

    public TpmtScheme Scheme { get; } = scheme;

    public byte[] X { get; } = x;

    public byte[] Y { get; } = y;

    private protected override TpmAlg Type => TpmAlg.ECC;

    /// <summary>The point for .NET's ECDsa and ECDiffieHellman, its coordinates padded to 32 bytes.</summary>
    /// <exception cref="CryptographicException">Thrown by them when the point is not on the curve.</exception>
    public ECParameters ToParameters() =>
        new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Padded(X), Y = Padded(Y) },
        };

    /// <summary>The public area of an external ECDSA P-256 key that only verifies, such as the one that approves policies.</summary>
    public static EccPublic VerifyingKey(ECPoint point) =>
        new(TpmaObject.UserWithAuth | TpmaObject.SignEncrypt, [], TpmtSymDef.None, TpmtScheme.EcdsaSha256, point.X!, point.Y!);

    internal static EccPublic Read(TpmaObject attributes, byte[] policy, ref TpmReader reader)
    {
        var symmetric = TpmtSymDef.Read(ref reader);
        var scheme = TpmtScheme.Read(ref reader);
        var curve = reader.UInt16();
        var kdf = TpmtScheme.Read(ref reader);
        if (curve != P256 || kdf != TpmtScheme.None)
        {
            throw new TpmIntegrityException(
                TpmIntegrityFault.Malformed,
                $"keys on curve {curve} with key derivation {kdf.Scheme} are not known"
            );
        }

        return new EccPublic(attributes, policy, symmetric, scheme, reader.Sized().ToArray(), reader.Sized().ToArray());
    }

    private protected override void WriteParameters(ref TpmWriter writer)
    {
        Symmetric.Write(ref writer);
        Scheme.Write(ref writer);
        writer.UInt16(P256);
        TpmtScheme.None.Write(ref writer);
        writer.Sized(X);
        writer.Sized(Y);
    }

    private static byte[] Padded(byte[] coordinate)
    {
        if (coordinate.Length > 32)
        {
            throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"a P-256 coordinate has {coordinate.Length} bytes");
        }

        return [.. new byte[32 - coordinate.Length], .. coordinate];
    }
}
