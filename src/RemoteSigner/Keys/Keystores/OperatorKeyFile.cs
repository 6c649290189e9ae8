using System.Buffers;
using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>
/// Reads an operator's private key as SSV's programs keep it: a PEM ("RSA PRIVATE KEY", PKCS#1, or "PRIVATE KEY", PKCS#8, as OpenSSL 3
/// writes it), base64 of such a PEM, or the PEM encrypted with a password, which is JSON like the <c>crypto</c> part of an EIP-2335
/// keystore with the public key beside it. Everything secret stays in secret memory.
/// </summary>
public static class OperatorKeyFile
{
    private const int MaxBytes = 16 * 1024;

    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    private static ReadOnlySpan<byte> Begin => "-----BEGIN RSA PRIVATE KEY-----"u8;

    private static ReadOnlySpan<byte> End => "-----END RSA PRIVATE KEY-----"u8;

    private static ReadOnlySpan<byte> BeginPkcs8 => "-----BEGIN PRIVATE KEY-----"u8;

    private static ReadOnlySpan<byte> EndPkcs8 => "-----END PRIVATE KEY-----"u8;

    /// <summary>Reads the file; the password only if it is encrypted. The caller disposes the key.</summary>
    /// <exception cref="KeystoreException">The password is wrong or missing, or the file holds no RSA key of 2048 bits.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static OperatorKey Read(string path, string? passwordPath, SecretArena arena)
    {
        using var file = SecretFile.Read(path, arena, MaxBytes);
        if (!file.Span.StartsWith("{"u8))
        {
            return ReadPem(file.Span, arena);
        }

        // What is encrypted needs no secret memory.
        var json = file.Span.ToArray();
        using var password = KeystorePassword.Read(
            passwordPath
                ?? throw new KeystoreException(
                    KeystoreFault.PasswordUnreadable,
                    "the operator key is encrypted, and no password was given",
                    "give --password-file FILE"
                ),
            arena
        );
        using var pem = KeystoreJson.ReadOperator(json).Decrypt(password, arena);
        return ReadPem(pem.Span, arena);
    }

    private static OperatorKey ReadPem(ReadOnlySpan<byte> text, SecretArena arena)
    {
        if (text.IndexOf(Begin) is var begin and >= 0 && text.IndexOf(End) is var end && end > begin)
        {
            return ReadBase64(text[(begin + Begin.Length)..end], arena, ReadDer);
        }

        if (text.IndexOf(BeginPkcs8) is var start and >= 0 && text.IndexOf(EndPkcs8) is var stop && stop > start)
        {
            return ReadBase64(text[(start + BeginPkcs8.Length)..stop], arena, ReadPkcs8);
        }

        return text.StartsWith("LS0t"u8) ? ReadBase64(text, arena, ReadPem) : throw NoKey(null);
    }

    private static OperatorKey ReadBase64(
        ReadOnlySpan<byte> text,
        SecretArena arena,
        Func<ReadOnlySpan<byte>, SecretArena, OperatorKey> read
    )
    {
        using var bytes = arena.Allocate(text.Length);
        return Base64.DecodeFromUtf8(text, bytes.Span, out _, out var length) == OperationStatus.Done
            ? read(bytes.Span[..length], arena)
            : throw NoKey(null);
    }

    // PrivateKeyInfo (RFC 5208 §5): a version, the algorithm, and the key of PKCS#1 as octets.
    private static OperatorKey ReadPkcs8(ReadOnlySpan<byte> der, SecretArena arena)
    {
        try
        {
            AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var offset, out var length, out _);
            var rest = der.Slice(offset, length);
            _ = AsnDecoder.ReadInteger(rest, AsnEncodingRules.DER, out var read);
            rest = rest[read..];
            AsnDecoder.ReadSequence(rest, AsnEncodingRules.DER, out offset, out length, out read);
            if (AsnDecoder.ReadObjectIdentifier(rest.Slice(offset, length), AsnEncodingRules.DER, out _) != RsaEncryption)
            {
                throw new CryptographicException("the key is not one of RSA");
            }

            return AsnDecoder.TryReadPrimitiveOctetString(rest[read..], AsnEncodingRules.DER, out var pkcs1, out _)
                ? ReadDer(pkcs1, arena)
                : throw new CryptographicException("there is no key in it");
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw NoKey(e);
        }
    }

    private static OperatorKey ReadDer(ReadOnlySpan<byte> der, SecretArena arena)
    {
        try
        {
            return OperatorKey.FromPkcs1(arena, der);
        }
        catch (CryptographicException e)
        {
            throw NoKey(e);
        }
    }

    private static KeystoreException NoKey(Exception? cause) =>
        new(
            KeystoreFault.Malformed,
            $"the file holds no operator key: {cause?.Message ?? "there is no PEM with the label RSA PRIVATE KEY or PRIVATE KEY"}",
            "give the RSA key of 2048 bits that the SSV node has; where OpenSSL encrypted it, 'openssl rsa -traditional' writes it plain",
            cause
        );
}
