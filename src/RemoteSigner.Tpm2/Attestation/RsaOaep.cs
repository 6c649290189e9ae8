using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// RSAES-OAEP with SHA-256 (RFC 8017 §7.1.1) and a label, which the TPM asks for and .NET's RSA has no room for. Only encryption.
/// </summary>
internal static class RsaOaep
{
    private const int HashSize = 32;

    public static byte[] Encrypt(RSAParameters key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> label)
    {
        using var block = new PinnedBytes(key.Modulus!.Length);
        Encode(message, label, block.Span);
        var (m, e, n) = (Number(block.Span), Number(key.Exponent), Number(key.Modulus));
        var cipher = BigInteger.ModPow(m, e, n).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[key.Modulus.Length - cipher.Length], .. cipher];
    }

    /// <summary>EM = 00 ‖ masked seed ‖ masked (label hash ‖ zeros ‖ 01 ‖ message).</summary>
    private static void Encode(ReadOnlySpan<byte> message, ReadOnlySpan<byte> label, Span<byte> block)
    {
        block.Clear();
        var seed = block.Slice(1, HashSize);
        var content = block[(1 + HashSize)..];
        SHA256.HashData(label, content);
        content[^(message.Length + 1)] = 1;
        message.CopyTo(content[^message.Length..]);
        RandomNumberGenerator.Fill(seed);
        Mask(seed, content);
        Mask(content, seed);
    }

    /// <summary>MGF1 (RFC 8017 §B.2.1), exclusive-or'ed onto <paramref name="target"/>.</summary>
    private static void Mask(ReadOnlySpan<byte> seed, Span<byte> target)
    {
        using var input = new PinnedBytes(seed.Length + 4);
        Span<byte> mask = stackalloc byte[HashSize];
        seed.CopyTo(input.Span);
        for (var (number, offset) = (0, 0); offset < target.Length; number++, offset += HashSize)
        {
            BinaryPrimitives.WriteInt32BigEndian(input.Span[seed.Length..], number);
            SHA256.HashData(input.Span, mask);
            for (var position = 0; position < Math.Min(HashSize, target.Length - offset); position++)
            {
                target[offset + position] ^= mask[position];
            }
        }

        CryptographicOperations.ZeroMemory(mask);
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
