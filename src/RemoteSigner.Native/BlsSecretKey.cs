using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// One BLS12-381 scalar in secret memory, ready to sign with the ciphersuite
/// <c>BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_</c> (draft-irtf-cfrg-bls-signature-05 §4.2.3). Disposing it zeroes the scalar.
/// </summary>
public sealed unsafe class BlsSecretKey : IDisposable
{
    /// <summary>Length of a scalar in bytes.</summary>
    public const int Length = 32;

    private readonly SecretBytes _scalar;

    private BlsSecretKey(SecretBytes scalar) => _scalar = scalar;

    /// <summary>Reads 32 big-endian bytes (the form of EIP-2333 and EIP-2335), which stay the caller's to wipe.</summary>
    /// <exception cref="ArgumentException">The number is zero or not below the group order.</exception>
    public static BlsSecretKey FromBigEndian(SecretArena arena, ReadOnlySpan<byte> bigEndian)
    {
        if (bigEndian.Length != Length)
        {
            throw new ArgumentException($"a BLS secret key is {Length} bytes, not {bigEndian.Length}", nameof(bigEndian));
        }

        var scalar = arena.Allocate(Length);
        fixed (
            byte* source = bigEndian,
                destination = scalar.Span
        )
        {
            BlstLibrary.blst_scalar_from_bendian(destination, source);
            if (BlstLibrary.blst_sk_check(destination) == 0)
            {
                scalar.Dispose();
                throw new ArgumentException("a BLS secret key is at least 1 and below the group order", nameof(bigEndian));
            }
        }

        return new BlsSecretKey(scalar);
    }

    /// <summary>True for 32 big-endian bytes that <see cref="FromBigEndian"/> takes.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bigEndian)
    {
        var scalar = stackalloc byte[Length];
        fixed (byte* source = bigEndian)
        {
            BlstLibrary.blst_scalar_from_bendian(scalar, source);
            var lawful = bigEndian.Length == Length && BlstLibrary.blst_sk_check(scalar) != 0;
            CryptographicOperations.ZeroMemory(new Span<byte>(scalar, Length));
            return lawful;
        }
    }

    /// <summary>Derives a key from at least 32 secret bytes (KeyGen of draft-irtf-cfrg-bls-signature-05 §2.3).</summary>
    public static BlsSecretKey Generate(SecretArena arena, ReadOnlySpan<byte> keyMaterial)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keyMaterial.Length, Length);
        var scalar = arena.Allocate(Length);
        fixed (
            byte* ikm = keyMaterial,
                destination = scalar.Span
        )
        {
            BlstLibrary.blst_keygen(destination, ikm, (nuint)keyMaterial.Length, null, 0);
        }

        return new BlsSecretKey(scalar);
    }

    /// <summary>
    /// f(<paramref name="index"/>) of the polynomial whose coefficients are given, the secret itself first: one share of a t-of-n key, with
    /// t coefficients (Shamir's scheme over the scalars, by Horner's rule, in secret memory).
    /// </summary>
    /// <exception cref="ArgumentException">The share would be zero, or there is no coefficient.</exception>
    public static BlsSecretKey Share(SecretArena arena, IReadOnlyList<BlsSecretKey> coefficients, ulong index)
    {
        var x = BlsScalar.FromIndex(index);
        var sum = arena.Allocate(Length);
        coefficients[^1]._scalar.Span.CopyTo(sum.Span);
        var lawful = true;
        fixed (
            byte* target = sum.Span,
                factor = x.LittleEndian
        )
        {
            for (var i = coefficients.Count - 2; i >= 0; i--)
            {
                fixed (byte* coefficient = coefficients[i]._scalar.Span)
                {
                    lawful &= BlstLibrary.blst_sk_mul_n_check(target, target, factor) != 0;
                    lawful &= BlstLibrary.blst_sk_add_n_check(target, target, coefficient) != 0;
                }
            }
        }

        if (!lawful)
        {
            sum.Dispose();
            throw new ArgumentException("the share would be zero: take other coefficients", nameof(coefficients));
        }

        return new BlsSecretKey(sum);
    }

    /// <summary>Writes the 32 big-endian bytes into <paramref name="destination"/>, which must be secret memory.</summary>
    public void WriteBigEndian(SecretBytes destination)
    {
        fixed (
            byte* scalar = _scalar.Span,
                target = destination.Span[..Length]
        )
        {
            BlstLibrary.blst_bendian_from_scalar(target, scalar);
        }
    }

    /// <summary>Writes secret·G1 in compressed form, 48 bytes.</summary>
    public void WritePublicKey(Span<byte> destination)
    {
        Bls.Expect(destination.Length, Bls.PublicKeyLength, "public key");
        BlstP1 point;
        fixed (
            byte* scalar = _scalar.Span,
                target = destination
        )
        {
            BlstLibrary.blst_sk_to_pk_in_g1(&point, scalar);
            BlstLibrary.blst_p1_compress(target, &point);
        }
    }

    /// <summary>Writes (Σ wᵢ·sᵢ)·G1, compressed; the weights are little-endian, one after the other. False when the sum is zero.</summary>
    internal static bool TryWriteWeightedPublicKey(
        SecretArena arena,
        ReadOnlySpan<BlsSecretKey> secrets,
        ReadOnlySpan<byte> weights,
        int weightLength,
        Span<byte> destination
    )
    {
        using var work = arena.Allocate(2 * Length);
        work.Span.Clear();
        var weight = stackalloc byte[Length];
        new Span<byte>(weight, Length).Clear();
        var isKey = 0;
        BlstP1 point;
        fixed (
            byte* sum = work.Span,
                target = destination
        )
        {
            var product = sum + Length;
            for (var i = 0; i < secrets.Length; i++)
            {
                weights.Slice(i * weightLength, weightLength).CopyTo(new Span<byte>(weight, weightLength));
                fixed (byte* secret = secrets[i]._scalar.Span)
                {
                    _ = BlstLibrary.blst_sk_mul_n_check(product, weight, secret);
                    isKey = BlstLibrary.blst_sk_add_n_check(sum, sum, product);
                }
            }

            BlstLibrary.blst_sk_to_pk_in_g1(&point, sum);
            BlstLibrary.blst_p1_compress(target, &point);
        }

        return isKey != 0;
    }

    /// <summary>
    /// Signs 32 bytes into 96 compressed bytes, whatever they are. The only lawful callers are the self tests: shares sign in a
    /// <see cref="BurstSigner"/>, alone or with others.
    /// </summary>
    internal void Sign(ReadOnlySpan<byte> signingRoot, Span<byte> signature)
    {
        Bls.Expect(signingRoot.Length, 32, "signing root");
        Bls.Expect(signature.Length, Bls.SignatureLength, "signature");
        BlstP2 point;
        var counted = false;
        try
        {
            // A key deleted while it signs is zeroed only after this call: otherwise half of the signature would be made with zeroes.
            _scalar.DangerousAddRef(ref counted);
            fixed (
                byte* scalar = _scalar.Span,
                    root = signingRoot,
                    tag = Bls.Ciphersuite,
                    target = signature
            )
            {
                BlstLibrary.blst_hash_to_g2(&point, root, 32, tag, (nuint)Bls.Ciphersuite.Length, null, 0);
                BlstLibrary.blst_sign_pk_in_g1(&point, &point, scalar);
                BlstLibrary.blst_p2_compress(target, &point);
            }
        }
        finally
        {
            if (counted)
            {
                _scalar.DangerousRelease();
            }
        }
    }

    /// <summary>
    /// The scalar, 32 bytes little-endian, which stays until <see cref="Release"/>, also where the key is disposed meanwhile. False where
    /// it was disposed before.
    /// </summary>
    internal bool TryHold(out nint scalar)
    {
        var counted = false;
        try
        {
            _scalar.DangerousAddRef(ref counted);
        }
        catch (ObjectDisposedException)
        {
            // Nobody can ask before without being too late.
        }

        scalar = counted ? _scalar.DangerousGetHandle() : 0;
        return counted;
    }

    /// <summary>Once for each <see cref="TryHold"/> that was true.</summary>
    internal void Release() => _scalar.DangerousRelease();

    public void Dispose() => _scalar.Dispose();
}
