using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Keys;

/// <summary>
/// An EIP-2335 keystore, version 4: a 32-byte BLS secret under AES-128-CTR with a key derived from a password by scrypt or PBKDF2.
/// <see cref="PublicKey"/>, path, description and uuid are optional in the file and claims until it is decrypted.
/// </summary>
public sealed class Keystore
{
    /// <summary>The largest file that is read, in bytes; real ones have about 900.</summary>
    public const int MaxBytes = 64 * 1024;

    private readonly KeystoreCrypto _crypto;

    internal Keystore(KeystoreCrypto crypto) => _crypto = crypto;

    /// <summary>The public key the file claims; null when it claims none.</summary>
    public BlsPublicKey? PublicKey { get; internal init; }

    /// <summary>The EIP-2334 derivation path; often empty for shares.</summary>
    public string? Path { get; internal init; }

    public string? Description { get; internal init; }

    public Guid? Uuid { get; internal init; }

    /// <summary>What Dirk and ethdo call the account; null where it has no name.</summary>
    public string? Name { get; internal init; }

    /// <summary>
    /// Bytes of memory that <see cref="Decrypt"/> takes while it runs: 256 MiB for the usual scrypt parameters, next to nothing for PBKDF2.
    /// </summary>
    public long MemoryBytes => _crypto.Kdf.MemoryBytes;

    internal KeystoreKdf Kdf => _crypto.Kdf;

    /// <summary>Reads the JSON; unknown members are passed over, as other programs add some.</summary>
    /// <exception cref="KeystoreException">It is malformed, or not of version 4; the message names the member.</exception>
    public static Keystore Parse(ReadOnlySpan<byte> json) => KeystoreJson.Read(json);

    /// <summary>Decrypts with a password in UTF-8, which is normalised first. The password stays the caller's.</summary>
    /// <exception cref="KeystoreException">The password is wrong, or the secret is not that of <see cref="PublicKey"/>.</exception>
    public BlsSecretKey Decrypt(SecretBytes password, SecretArena arena)
    {
        using var secret = _crypto.Decrypt(password, arena);
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
            throw new KeystoreException(
                KeystoreFault.Malformed,
                $"the secret in the keystore is no key: {e.Message}",
                "restore the keystore from a backup",
                e
            );
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
            KeystoreFault.ForeignPublicKey,
            $"the file names the public key {claimed}, but its secret belongs to {new BlsPublicKey(derived)}",
            "do not use this file before you know how it was made"
        );
    }
}
