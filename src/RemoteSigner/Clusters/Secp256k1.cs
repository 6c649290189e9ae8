using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// Verifies secp256k1 signatures over 32-byte digests. Of the two forms of every signature only the one with the low s counts (EIP-2), so
/// that nobody can change a file without its signatures noticing. Malformed input is null or false, never an exception.
/// </summary>
internal static class Secp256k1
{
    /// <summary>r, s and the recovery id.</summary>
    public const int RecoverableLength = 65;

    public const int SignatureLength = 64;

    /// <summary>A compressed public key.</summary>
    public const int PublicKeyLength = 33;

    private const int ScalarLength = 32;
    private static readonly X9ECParameters _curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters _domain = new(_curve);
    private static readonly BigInteger _halfOrder = _curve.N.ShiftRight(1);

    /// <summary>
    /// The compressed public key that made r ‖ s ‖ v (65 bytes; v is 0 or 1, or 27 or 28 as wallets write it); null when there is none.
    /// </summary>
    public static byte[]? Recover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (
            signature.Length != RecoverableLength
            || RecoveryId(signature[^1]) is not { } parity
            || !TryRead(signature[..SignatureLength], out var r, out var s)
        )
        {
            return null;
        }

        if (Decode([(byte)(2 + parity), .. signature[..ScalarLength]]) is not { } point)
        {
            return null;
        }

        var inverse = r.ModInverse(_curve.N);
        var hash = new BigInteger(1, digest);
        var key = ECAlgorithms.SumOfTwoMultiplies(
            _curve.G,
            hash.Negate().Multiply(inverse).Mod(_curve.N),
            point,
            s.Multiply(inverse).Mod(_curve.N)
        );
        return key.IsInfinity ? null : key.GetEncoded(compressed: true);
    }

    /// <summary>True when r ‖ s (64 bytes) is a signature of the digest under the compressed key.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureLength || Decode(publicKey) is not { } point || !TryRead(signature, out var r, out var s))
        {
            return false;
        }

        var verifier = new ECDsaSigner();
        verifier.Init(forSigning: false, new ECPublicKeyParameters(point, _domain));
        return verifier.VerifySignature(digest.ToArray(), r, s);
    }

    /// <summary>True for the 33-byte form of a point of the curve.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey) => Decode(publicKey) is not null;

    /// <summary>The account of a public key: the last 20 bytes of the Keccak hash of its coordinates.</summary>
    public static ExecutionAddress Address(ReadOnlySpan<byte> publicKey) =>
        new(
            Keccak256
                .Hash(_curve.Curve.DecodePoint(publicKey).GetEncoded(compressed: false)[1..])
                .AsSpan(Keccak256.Length - ExecutionAddress.Length)
        );

    private static int? RecoveryId(byte v) =>
        v switch
        {
            0 or 27 => 0,
            1 or 28 => 1,
            _ => null,
        };

    private static bool TryRead(ReadOnlySpan<byte> signature, out BigInteger r, out BigInteger s)
    {
        r = new BigInteger(1, signature[..ScalarLength]);
        s = new BigInteger(1, signature[ScalarLength..]);
        return r.SignValue > 0 && r.CompareTo(_curve.N) < 0 && s.SignValue > 0 && s.CompareTo(_halfOrder) <= 0;
    }

    private static ECPoint? Decode(ReadOnlySpan<byte> compressed)
    {
        if (compressed.Length != PublicKeyLength || compressed[0] is not (2 or 3))
        {
            return null;
        }

        try
        {
            return _curve.Curve.DecodePoint(compressed);
        }
        // There is no other way to ask whether an x-coordinate lies on the curve.
        catch (ArgumentException)
        {
            return null;
        }
    }
}
