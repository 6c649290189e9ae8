using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Keys;

/// <summary>
/// How a keystore's key is derived from its password: scrypt or PBKDF2, with bounds that keep a hostile file from eating the machine.
/// </summary>
internal abstract record KeystoreKdf(byte[] Salt, int KeyLength)
{
    /// <summary>Bytes of memory one derivation takes.</summary>
    internal abstract long MemoryBytes { get; }

    internal abstract void Derive(ReadOnlySpan<byte> password, Span<byte> key);

    /// <summary>scrypt, RFC 7914.</summary>
    internal sealed record Scrypt(byte[] Salt, int KeyLength, int N, int R, int P) : KeystoreKdf(Salt, KeyLength)
    {
        internal const long MaxMemory = 1L << 30;
        internal const int MaxParallel = 16;

        internal override long MemoryBytes => 128L * R * ((long)N + P + 2);

        internal override void Derive(ReadOnlySpan<byte> password, Span<byte> key)
        {
            try
            {
                PasswordCrypto.Scrypt(password, Salt, (ulong)N, (ulong)R, (ulong)P, (ulong)MemoryBytes + (1 << 20), key);
            }
            catch (CryptographicException e)
            {
                throw new KeystoreException(
                    KeystoreFault.Malformed,
                    $"scrypt cannot run with n={N}, r={R}, p={P}",
                    "restore the keystore from a backup",
                    e
                );
            }
        }
    }

    /// <summary>PBKDF2 with HMAC-SHA-256, RFC 8018.</summary>
    internal sealed record Pbkdf2(byte[] Salt, int KeyLength, int Iterations) : KeystoreKdf(Salt, KeyLength)
    {
        internal const int MaxIterations = 1 << 24;

        internal override long MemoryBytes => 4096;

        internal override void Derive(ReadOnlySpan<byte> password, Span<byte> key) =>
            PasswordCrypto.Pbkdf2(password, Salt, Iterations, key);
    }
}
