using System.Numerics;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Arithmetic with public keys and with secrets that are no secrets, for tests that forge.</summary>
internal static class PublicKeys
{
    private static readonly BigInteger _order = BigInteger.Parse(
        "052435875175126190479447740508185965837690552500527637822603658699938581184513"
    );

    /// <summary>A number modulo the group order, 32 bytes big-endian; negative ones count from its end.</summary>
    public static byte[] Secret(BigInteger number)
    {
        var bytes = new byte[BlsSecretKey.Length];
        Assert.True((((number % _order) + _order) % _order).TryWriteBytes(bytes, out var written, isUnsigned: true, isBigEndian: true));
        return [.. new byte[bytes.Length - written], .. bytes[..written]];
    }

    public static BlsPublicKey Of(byte[] secret)
    {
        using var arena = new SecretArena();
        using var key = BlsSecretKey.FromBigEndian(arena, secret);
        var bytes = new byte[BlsPublicKey.Length];
        key.WritePublicKey(bytes);
        return new BlsPublicKey(bytes);
    }

    public static byte[] Sign(byte[] secret, ReadOnlySpan<byte> message)
    {
        using var arena = new SecretArena();
        using var key = BlsSecretKey.FromBigEndian(arena, secret);
        var signature = new byte[BlsSignature.Length];
        key.Sign(message, signature);
        return signature;
    }

    public static BlsPublicKey Combine(IReadOnlyList<byte[]> keys, IReadOnlyList<BlsScalar> factors)
    {
        var sum = new byte[BlsPublicKey.Length];
        Bls.CombinePublicKeys(keys, factors, sum);
        return new BlsPublicKey(sum);
    }
}
