using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RemoteSigner.Tpm2;

/// <summary>
/// The TPM's key derivation functions with SHA-256 (TPM 2.0 Library Part 1 §11.4.10), and the CFB mode it hides parameters with.
/// </summary>
internal static class Kdf
{
    /// <summary>KDFa: SP 800-108 in counter mode over HMAC. Fills <paramref name="output"/>.</summary>
    public static void KDFa(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> contextU,
        ReadOnlySpan<byte> contextV,
        Span<byte> output
    )
    {
        Span<byte> message = stackalloc byte[4 + label.Length + 1 + contextU.Length + contextV.Length + 4];
        Span<byte> block = stackalloc byte[32];
        label.CopyTo(message[4..]);
        message[4 + label.Length] = 0;
        contextU.CopyTo(message[(5 + label.Length)..]);
        contextV.CopyTo(message[(5 + label.Length + contextU.Length)..]);
        BinaryPrimitives.WriteInt32BigEndian(message[^4..], 8 * output.Length);
        for (var (number, offset) = (1, 0); offset < output.Length; number++, offset += block.Length)
        {
            BinaryPrimitives.WriteInt32BigEndian(message, number);
            HMACSHA256.HashData(key, message, block);
            block[..Math.Min(block.Length, output.Length - offset)].CopyTo(output[offset..]);
        }

        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>KDFe: one SHA-256 block (32 bytes) from an ECDH secret and the x-coordinates of both parties.</summary>
    public static void KDFe(
        ReadOnlySpan<byte> z,
        ReadOnlySpan<byte> label,
        ReadOnlySpan<byte> partyU,
        ReadOnlySpan<byte> partyV,
        Span<byte> output
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0, 0, 0, 1]);
        hash.AppendData(z);
        hash.AppendData(label);
        hash.AppendData([0]);
        hash.AppendData(partyU);
        hash.AppendData(partyV);
        hash.GetHashAndReset(output);
    }

    /// <summary>AES-128 in CFB mode with a full block of feedback, in place. 32 bytes of key and initial vector.</summary>
    public static void Cfb(ReadOnlySpan<byte> keyAndIv, Span<byte> bytes, bool encrypt)
    {
        // .NET takes whole blocks without padding; the surplus of the last one is dropped.
        using var input = new PinnedBytes((bytes.Length + 15) / 16 * 16);
        using var output = new PinnedBytes(input.Span.Length);
        using var aes = Aes.Create();
        aes.SetKey(keyAndIv[..16]);
        bytes.CopyTo(input.Span);
        _ = encrypt
            ? aes.EncryptCfb(input.Span, keyAndIv[16..], output.Span, PaddingMode.None, 128)
            : aes.DecryptCfb(input.Span, keyAndIv[16..], output.Span, PaddingMode.None, 128);
        output.Span[..bytes.Length].CopyTo(bytes);
    }
}
