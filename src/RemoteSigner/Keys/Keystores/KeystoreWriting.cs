using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// Writes EIP-2335 keystores, version 4: PBKDF2 with HMAC-SHA-256, as many iterations as the standard's test vector has, and AES-128-CTR.
/// </summary>
public static class KeystoreWriting
{
    private const int Iterations = 262_144;
    private const int KeyLength = 32;
    private const int SaltLength = 32;
    private const int IvLength = 16;
    private const int PasswordBytes = 16;

    /// <summary>A new password: 32 hexadecimal digits with 128 bits of chance, as Charon makes them. The caller disposes it.</summary>
    public static SecretBytes NewPassword(SecretArena arena)
    {
        using var bytes = arena.Allocate(PasswordBytes);
        RandomNumberGenerator.Fill(bytes.Span);
        var text = arena.Allocate(2 * PasswordBytes);
        for (var i = 0; i < PasswordBytes; i++)
        {
            text.Span[2 * i] = Digit(bytes.Span[i] >> 4);
            text.Span[(2 * i) + 1] = Digit(bytes.Span[i] & 15);
        }

        return text;
    }

    /// <summary>The keystore of one key as JSON in UTF-8, which holds nothing that is secret without the password.</summary>
    /// <param name="password">UTF-8 that normalisation leaves as it is.</param>
    public static byte[] Write(BlsSecretKey secret, BlsPublicKey publicKey, SecretBytes password, SecretArena arena)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength),
            iv = RandomNumberGenerator.GetBytes(IvLength),
            cipher = new byte[BlsSecretKey.Length];
        using var derived = arena.Allocate(KeyLength);
        new KeystoreKdf.Pbkdf2(salt, KeyLength, Iterations).Derive(password.Span, derived.Span);
        using (var plain = arena.Allocate(BlsSecretKey.Length))
        {
            secret.WriteBigEndian(plain);
            PasswordCrypto.Aes128Ctr(derived.Span[..KeystoreCrypto.CipherKeyLength], iv, plain.Span, cipher);
        }

        return Json(publicKey, salt, iv, cipher, KeystoreCrypto.ChecksumOf(derived, cipher, arena));
    }

    private static byte[] Json(BlsPublicKey publicKey, byte[] salt, byte[] iv, byte[] cipher, byte[] checksum)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("crypto"u8);
            WriteModule(json, "kdf"u8, "pbkdf2"u8, [], () =>
            {
                json.WriteNumber("dklen"u8, KeyLength);
                json.WriteNumber("c"u8, Iterations);
                json.WriteString("prf"u8, "hmac-sha256"u8);
                json.WriteString("salt"u8, Convert.ToHexStringLower(salt));
            });
            WriteModule(json, "checksum"u8, "sha256"u8, checksum, () => { });
            WriteModule(json, "cipher"u8, "aes-128-ctr"u8, cipher, () => json.WriteString("iv"u8, Convert.ToHexStringLower(iv)));
            json.WriteEndObject();
            json.WriteString("description"u8, "exported for a ceremony"u8);
            json.WriteString("pubkey"u8, Convert.ToHexStringLower(publicKey.Bytes));
            json.WriteString("path"u8, ""u8);
            json.WriteString("uuid"u8, Guid.NewGuid());
            json.WriteNumber("version"u8, 4);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteModule(
        Utf8JsonWriter json,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> function,
        byte[] message,
        Action parameters
    )
    {
        json.WriteStartObject(name);
        json.WriteString("function"u8, function);
        json.WriteStartObject("params"u8);
        parameters();
        json.WriteEndObject();
        json.WriteString("message"u8, Convert.ToHexStringLower(message));
        json.WriteEndObject();
    }

    // Without a look into a table, whose place would depend on the secret.
    private static byte Digit(int nibble) => (byte)('0' + nibble + (((9 - nibble) >> 31) & ('a' - '0' - 10)));
}
