using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// The three primitives of an EIP-2335 keystore, reading passwords from and writing keys into secret memory (OpenSSL clears what it used).
/// </summary>
public static unsafe class PasswordCrypto
{
    /// <summary>
    /// scrypt (RFC 7914); takes 128·<paramref name="n"/>·<paramref name="r"/> bytes of memory while it runs: 256 MiB for n = 2^18, r = 8.
    /// </summary>
    /// <exception cref="CryptographicException">The parameters are not lawful or need more than <paramref name="maximumMemory"/>
    /// bytes.</exception>
    public static void Scrypt(
        ReadOnlySpan<byte> password,
        ReadOnlySpan<byte> salt,
        ulong n,
        ulong r,
        ulong p,
        ulong maximumMemory,
        Span<byte> key
    )
    {
        fixed (
            byte* passwordStart = password,
                saltStart = salt,
                keyStart = key
        )
        {
            var done = LibCrypto.EVP_PBE_scrypt(
                passwordStart,
                (nuint)password.Length,
                saltStart,
                (nuint)salt.Length,
                n,
                r,
                p,
                maximumMemory,
                keyStart,
                (nuint)key.Length
            );
            Check(done, "scrypt");
        }
    }

    /// <summary>PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2).</summary>
    /// <exception cref="CryptographicException">The parameters are not lawful.</exception>
    public static void Pbkdf2(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, Span<byte> key)
    {
        fixed (
            byte* passwordStart = password,
                saltStart = salt,
                keyStart = key
        )
        {
            var done = LibCrypto.PKCS5_PBKDF2_HMAC(
                passwordStart,
                password.Length,
                saltStart,
                salt.Length,
                iterations,
                LibCrypto.EVP_sha256(),
                key.Length,
                keyStart
            );
            Check(done, "PBKDF2");
        }
    }

    /// <summary>AES-128-CTR (NIST SP 800-38A §6.5); encryption and decryption are the same. Key and counter block are 16 bytes.</summary>
    /// <exception cref="CryptographicException">A length is wrong.</exception>
    public static void Aes128Ctr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (key.Length != 16 || counter.Length != 16 || output.Length != input.Length)
        {
            throw new CryptographicException("AES-128-CTR takes a key and a counter block of 16 bytes, and as much output as input");
        }

        var context = LibCrypto.EVP_CIPHER_CTX_new();
        try
        {
            int written;
            fixed (
                byte* keyStart = key,
                    counterStart = counter,
                    source = input,
                    destination = output
            )
            {
                Check(LibCrypto.EVP_EncryptInit_ex(context, LibCrypto.EVP_aes_128_ctr(), 0, keyStart, counterStart), "AES-128-CTR");
                Check(LibCrypto.EVP_EncryptUpdate(context, destination, &written, source, input.Length), "AES-128-CTR");
            }
        }
        finally
        {
            LibCrypto.EVP_CIPHER_CTX_free(context);
        }
    }

    private static void Check(int result, string primitive)
    {
        if (result != 1)
        {
            throw new CryptographicException($"{primitive} refused its parameters");
        }
    }
}
