using System.Security.Cryptography;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// Our operator's RSA key: opens the shares that were encrypted to us, and signs what we say to the other operators. The private part stays
/// in secret memory.
/// </summary>
public sealed class OperatorKey : IDisposable
{
    private readonly RsaPrivateKey _rsa;

    private OperatorKey(RsaPrivateKey rsa) => (_rsa, PublicKey) = (rsa, OperatorPublicKey.FromDer(rsa.PublicKey)!);

    public OperatorPublicKey PublicKey { get; }

    /// <summary>Reads an <c>RSAPrivateKey</c> (RFC 8017 §A.1.2) in DER, which stays the caller's to wipe.</summary>
    /// <exception cref="CryptographicException">It is no RSA key of 2048 bits.</exception>
    public static OperatorKey FromPkcs1(SecretArena arena, ReadOnlySpan<byte> der) => new(RsaPrivateKey.FromPkcs1(arena, der));

    /// <summary>
    /// The share in a ciphertext of 256 bytes, when it is the secret of <paramref name="expected"/>; else null, without a reason and after
    /// the same work: whoever could tell bad padding from a foreign key would in time decrypt what he likes (Bleichenbacher 1998).
    /// </summary>
    public BlsSecretKey? DecryptShare(SecretArena arena, ReadOnlySpan<byte> encrypted, BlsPublicKey expected)
    {
        using var block = arena.Allocate(RsaPrivateKey.Length);
        using var scalar = arena.Allocate(BlsSecretKey.Length);
        if (!_rsa.TryDecryptBlock(encrypted, block.Span))
        {
            return null;
        }

        var lawful = EncryptedShare.TryRead(block.Span, scalar.Span) & BlsSecretKey.IsValid(scalar.Span);
        var secret = BlsSecretKey.FromBigEndian(arena, lawful ? scalar.Span : Substitute);
        Span<byte> derived = stackalloc byte[BlsPublicKey.Length];
        secret.WritePublicKey(derived);
        if (lawful & CryptographicOperations.FixedTimeEquals(derived, expected.Bytes))
        {
            return secret;
        }

        secret.Dispose();
        return null;
    }

    /// <summary>
    /// PKCS#1 v1.5 with SHA-256, 256 bytes. Only for messages that were understood (<see cref="DecryptShare"/> is the other use).
    /// </summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => _rsa.Sign(message);

    /// <summary>A copy of the DER, to be sealed; the caller disposes it.</summary>
    public SecretBytes CopyPkcs1(SecretArena arena) => _rsa.CopyPkcs1(arena);

    public void Dispose() => _rsa.Dispose();

    // Any number will do: its public key is computed and thrown away.
    private static ReadOnlySpan<byte> Substitute => "0123456789abcdef0123456789abcdef"u8;
}
