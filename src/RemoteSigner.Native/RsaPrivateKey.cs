using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// An RSA key of 2048 bits whose private part stays in secret memory. OpenSSL gets it for the length of one call and clears what it made of
/// it; .NET's own RSA would keep copies. Disposing zeroes it. For concurrent use.
/// </summary>
public sealed unsafe class RsaPrivateKey : IDisposable
{
    /// <summary>Length of the modulus, a ciphertext and a signature, in bytes.</summary>
    public const int Length = 256;

    /// <summary>The longest PKCS#1 encoding that is read; real ones have 1,190 to 1,194 bytes.</summary>
    public const int MaxPkcs1 = 1400;

    // More than OpenSSL takes for an operation, and little beside a thread's stack of 1.5 MiB.
    private const int UsedStack = 128 * 1024;

    private static readonly byte[][] _names =
    [
        [.. "n\0"u8],
        [.. "e\0"u8],
        [.. "d\0"u8],
        [.. "rsa-factor1\0"u8],
        [.. "rsa-factor2\0"u8],
        [.. "rsa-exponent1\0"u8],
        [.. "rsa-exponent2\0"u8],
        [.. "rsa-coefficient1\0"u8],
    ];

    private readonly SecretArena _arena;
    private readonly SecretBytes _pkcs1;
    private readonly byte[] _modulus;

    private RsaPrivateKey(SecretArena arena, SecretBytes pkcs1)
    {
        (_arena, _pkcs1) = (arena, pkcs1);
        var numbers = new RsaPkcs1(pkcs1.Span);
        _modulus = numbers.Modulus.ToArray();
        using var publicKey = RSA.Create(new RSAParameters { Modulus = _modulus, Exponent = numbers.Exponent.ToArray() });
        PublicKey = publicKey.ExportSubjectPublicKeyInfo();
    }

    /// <summary>SubjectPublicKeyInfo (RFC 5280 §4.1) in DER.</summary>
    public byte[] PublicKey { get; }

    /// <summary>
    /// Reads <c>RSAPrivateKey</c> (RFC 8017 §A.1.2) in DER, which stays the caller's to wipe, and proves with a signature that it belongs
    /// to its public part.
    /// </summary>
    /// <exception cref="CryptographicException">It is no such key, has not 2048 bits, or its numbers do not belong together.</exception>
    public static RsaPrivateKey FromPkcs1(SecretArena arena, ReadOnlySpan<byte> der)
    {
        if (new RsaPkcs1(der) is var numbers && (numbers.Modulus.Length != Length || numbers.Modulus[0] < 0x80 || der.Length > MaxPkcs1))
        {
            throw new CryptographicException("the RSA key has not 2048 bits");
        }

        var copy = arena.Allocate(der.Length);
        der.CopyTo(copy.Span);
        try
        {
            var key = new RsaPrivateKey(arena, copy);
            key.Prove();
            return key;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>A copy of the DER, which the caller disposes.</summary>
    public SecretBytes CopyPkcs1(SecretArena arena)
    {
        var copy = arena.Allocate(_pkcs1.Length);
        _pkcs1.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>
    /// The bare RSA function (RFC 8017 §5.1.2), 256 bytes into <paramref name="block"/>; any padding is still in it. So whoever takes it
    /// off decides what an error looks like. False only for what anybody can see: a ciphertext of another length, or not below the modulus.
    /// </summary>
    /// <exception cref="CryptographicException">OpenSSL cannot do it.</exception>
    public bool TryDecryptBlock(ReadOnlySpan<byte> cipher, Span<byte> block)
    {
        if (cipher.Length != Length || block.Length != Length || cipher.SequenceCompareTo(_modulus) >= 0)
        {
            return false;
        }

        var key = MakeKey();
        var context = LibCrypto.EVP_PKEY_CTX_new_from_pkey(0, key, 0);
        try
        {
            Check(LibCrypto.EVP_PKEY_decrypt_init(context));
            Check(LibCrypto.EVP_PKEY_CTX_set_rsa_padding(context, LibCrypto.RSA_NO_PADDING));
            nuint length = Length;
            fixed (
                byte* source = cipher,
                    target = block
            )
            {
                Check(LibCrypto.EVP_PKEY_decrypt(context, target, &length, source, Length));
            }

            return true;
        }
        finally
        {
            LibCrypto.EVP_PKEY_CTX_free(context);
            LibCrypto.EVP_PKEY_free(key);
            ClearTraces();
        }
    }

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2): 256 bytes.</summary>
    /// <exception cref="CryptographicException">OpenSSL cannot do it.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Length];
        var key = MakeKey();
        var context = LibCrypto.EVP_MD_CTX_new();
        try
        {
            Check(LibCrypto.EVP_DigestSignInit(context, 0, LibCrypto.EVP_sha256(), 0, key));
            nuint length = Length;
            fixed (
                byte* source = message,
                    target = signature
            )
            {
                Check(LibCrypto.EVP_DigestSign(context, target, &length, source, (nuint)message.Length));
            }

            return signature;
        }
        finally
        {
            LibCrypto.EVP_MD_CTX_free(context);
            LibCrypto.EVP_PKEY_free(key);
            ClearTraces();
        }
    }

    public void Dispose() => _pkcs1.Dispose();

    private static void Check(int result)
    {
        if (result != 1)
        {
            LibCrypto.ERR_clear_error();
            throw new CryptographicException("OpenSSL cannot use the RSA key");
        }
    }

    // OpenSSL copies exponents through vector registers, which keep what passed last.
    private static void ClearTraces()
    {
        VectorRegisters.Clear();
        ClearStack();
    }

    // The dynamic linker, when it binds a function at its first call (that of the line above among them), and the kernel, when it delivers
    // a signal, put all registers on the stack. What was used of it lies below the caller's frame, where this one is.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ClearStack()
    {
        var used = stackalloc byte[UsedStack];
        CryptographicOperations.ZeroMemory(new Span<byte>(used, UsedStack));
    }

    private void Prove()
    {
        var message = "remote-signer proves an RSA key"u8;
        using var publicKey = RSA.Create();
        publicKey.ImportSubjectPublicKeyInfo(PublicKey, out _);
        if (!publicKey.VerifyData(message, Sign(message), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            throw new CryptographicException("the numbers of the RSA key do not belong together");
        }
    }

    // By its numbers and not by its encoding: OpenSSL's decoders copy that, and do not clear the copy.
    private nint MakeKey()
    {
        using var copy = CopyPkcs1(_arena);
        using var native = _arena.Allocate(copy.Length);
        var numbers = new RsaPkcs1(copy.Span);
        var parameters = stackalloc OsslParam[_names.Length + 1];
        var used = 0;
        fixed (
            byte* n = _names[0],
                e = _names[1],
                d = _names[2],
                p = _names[3],
                q = _names[4],
                dp = _names[5],
                dq = _names[6],
                inverse = _names[7],
                memory = native.Span
        )
        {
            var names = stackalloc byte*[] { n, e, d, p, q, dp, dq, inverse };
            for (var i = 0; i < _names.Length; i++)
            {
                var number = numbers[i];

                // Byte by byte: Span.Reverse takes vector registers, which would keep what passed last.
                for (var at = 0; at < number.Length; at++)
                {
                    memory[used + at] = number[number.Length - 1 - at];
                }

                parameters[i] = new OsslParam
                {
                    Key = names[i],
                    DataType = LibCrypto.OSSL_PARAM_UNSIGNED_INTEGER,
                    Value = memory + used,
                    ValueSize = (nuint)number.Length,
                    ReturnSize = nuint.MaxValue,
                };
                used += number.Length;
            }

            parameters[_names.Length] = default;
            return MakeKey(parameters);
        }
    }

    private static nint MakeKey(OsslParam* parameters)
    {
        var context = LibCrypto.EVP_PKEY_CTX_new_from_name(0, "RSA", 0);
        try
        {
            nint key = 0;
            Check(LibCrypto.EVP_PKEY_fromdata_init(context));
            Check(LibCrypto.EVP_PKEY_fromdata(context, &key, LibCrypto.EVP_PKEY_KEYPAIR, parameters));
            return key;
        }
        finally
        {
            LibCrypto.EVP_PKEY_CTX_free(context);
        }
    }
}
