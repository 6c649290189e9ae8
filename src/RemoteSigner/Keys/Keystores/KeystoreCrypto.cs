using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>The <c>crypto</c> part of EIP-2335: a secret of any length under AES-128-CTR, with a key derived from a password.</summary>
internal sealed record KeystoreCrypto(KeystoreKdf Kdf, byte[] Checksum, byte[] Iv, byte[] Cipher)
{
    internal const int CipherKeyLength = 16;
    private const int ChecksumKeyEnd = 32;

    /// <summary>
    /// Decrypts with a password in UTF-8, which is normalised first and stays the caller's; the caller disposes the secret.
    /// </summary>
    /// <exception cref="KeystoreException">The password is wrong.</exception>
    public SecretBytes Decrypt(SecretBytes password, SecretArena arena)
    {
        using var normal = KeystorePassword.Normalise(password, arena);
        using var derived = arena.Allocate(Kdf.KeyLength);
        Kdf.Derive(normal.Span, derived.Span);
        CheckPassword(derived, arena);
        var secret = arena.Allocate(Cipher.Length);
        PasswordCrypto.Aes128Ctr(derived.Span[..CipherKeyLength], Iv, Cipher, secret.Span);
        return secret;
    }

    /// <summary>SHA-256 of the second 16 bytes of the derived key and the cipher text (EIP-2335).</summary>
    internal static byte[] ChecksumOf(SecretBytes derived, byte[] cipher, SecretArena arena)
    {
        using var message = arena.Allocate(ChecksumKeyEnd - CipherKeyLength + cipher.Length);
        derived.Span[CipherKeyLength..ChecksumKeyEnd].CopyTo(message.Span);
        cipher.CopyTo(message.Span[(ChecksumKeyEnd - CipherKeyLength)..]);
        return SHA256.HashData(message.Span);
    }

    private void CheckPassword(SecretBytes derived, SecretArena arena)
    {
        if (!CryptographicOperations.FixedTimeEquals(ChecksumOf(derived, Cipher, arena), Checksum))
        {
            throw new KeystoreException(
                KeystoreFault.WrongPassword,
                "the password is wrong (the checksum differs)",
                "give this keystore's own password; check that the file was not changed"
            );
        }
    }
}
