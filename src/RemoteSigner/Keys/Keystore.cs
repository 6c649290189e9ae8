using System.Security.Cryptography;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>
/// An EIP-2335 keystore, version 4: a 32-byte BLS secret under AES-128-CTR with a key derived from a password by scrypt or PBKDF2.
/// <see cref="PublicKey"/>, path, description and uuid are optional in the file and claims until it is decrypted.
/// </summary>
public sealed class Keystore
{
    /// <summary>The largest file that is read, in bytes; real ones have about 900.</summary>
    public const int MostBytes = 64 * 1024;

    private const int CipherKeyLength = 16;
    private const int ChecksumKeyEnd = 32;

    internal Keystore(KeystoreKdf kdf, byte[] checksum, byte[] iv, byte[] cipher) => (Kdf, Checksum, Iv, Cipher) = (kdf, checksum, iv, cipher);

    /// <summary>The public key the file claims; null when it claims none.</summary>
    public BlsPublicKey? PublicKey { get; internal init; }

    /// <summary>The EIP-2334 derivation path; often empty for shares.</summary>
    public string? Path { get; internal init; }

    public string? Description { get; internal init; }

    public Guid? Uuid { get; internal init; }

    /// <summary>Bytes of memory that <see cref="Decrypt"/> takes while it runs: 256 MiB for the usual scrypt parameters, next to nothing for PBKDF2.</summary>
    public long MemoryBytes => Kdf.MemoryBytes;

    internal KeystoreKdf Kdf { get; }

    private byte[] Checksum { get; }

    private byte[] Iv { get; }

    private byte[] Cipher { get; }

    /// <summary>Reads the JSON; unknown members are passed over, as other programs add some.</summary>
    /// <exception cref="KeystoreException">It is malformed, or not of version 4; the message names the member.</exception>
    public static Keystore Parse(ReadOnlySpan<byte> json) => KeystoreJson.Read(json);

    /// <summary>Decrypts with a password in UTF-8, which is normalised first. The password stays the caller's.</summary>
    /// <exception cref="KeystoreException">The password is wrong, or the secret is not that of <see cref="PublicKey"/>.</exception>
    public BlsSecretKey Decrypt(SecretBytes password, SecretArena arena)
    {
        using var normal = KeystorePassword.Normalise(password, arena);
        using var derived = arena.Allocate(Kdf.KeyLength);
        Kdf.Derive(normal.Span, derived.Span);
        CheckPassword(derived, arena);
        using var secret = arena.Allocate(BlsSecretKey.Length);
        PasswordCrypto.Aes128Ctr(derived.Span[..CipherKeyLength], Iv, Cipher, secret.Span);
        return Check(Key(secret, arena));
    }

    private static BlsSecretKey Key(SecretBytes secret, SecretArena arena)
    {
        try
        {
            return BlsSecretKey.FromBigEndian(arena, secret.Span);
        }
        catch (ArgumentException e)
        {
            throw new KeystoreException(KeystoreFault.Malformed, $"the secret in the keystore is no key: {e.Message}", "restore the keystore from a backup", e);
        }
    }

    // EIP-2335: SHA-256 of the second 16 bytes of the derived key and the cipher text.
    private void CheckPassword(SecretBytes derived, SecretArena arena)
    {
        using var message = arena.Allocate(ChecksumKeyEnd - CipherKeyLength + Cipher.Length);
        derived.Span[CipherKeyLength..ChecksumKeyEnd].CopyTo(message.Span);
        Cipher.CopyTo(message.Span[(ChecksumKeyEnd - CipherKeyLength)..]);
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(message.Span), Checksum))
        {
            throw new KeystoreException(KeystoreFault.WrongPassword, "the password is wrong (the checksum differs)", "give this keystore's own password; check that the file was not changed");
        }
    }

    private BlsSecretKey Check(BlsSecretKey secret)
    {
        Span<byte> derived = stackalloc byte[BlsPublicKey.Length];
        secret.WritePublicKey(derived);
        if (PublicKey is not { } claimed || claimed.Bytes.SequenceEqual(derived))
        {
            return secret;
        }

        secret.Dispose();
        throw new KeystoreException(
            KeystoreFault.ForeignPublicKey, $"the file names the public key {claimed}, but its secret belongs to {new BlsPublicKey(derived)}", "do not use this file before you know how it was made");
    }
}
