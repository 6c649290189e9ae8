namespace RemoteSigner.Native;

/// <summary>BLS12-381 with public keys in G1 (48 bytes compressed) and signatures in G2 (96 bytes compressed), on blst.</summary>
public static unsafe class Bls
{
    public const int PublicKeyLength = 48;

    public const int SignatureLength = 96;

    /// <summary>The domain separation tag of Ethereum's consensus layer.</summary>
    internal static ReadOnlySpan<byte> Ciphersuite => "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"u8;

    /// <summary>
    /// True for a compressed point of the right subgroup that is not infinity (KeyValidate of draft-irtf-cfrg-bls-signature-05 §2.5).
    /// </summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey) => TryReadPublicKey(publicKey, out _);

    /// <summary>
    /// True when <paramref name="signature"/> is a valid signature of <paramref name="message"/>; malformed points are false, never an
    /// exception.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!TryReadPublicKey(publicKey, out var key) || !TryReadSignature(signature, out var point))
        {
            return false;
        }

        fixed (
            byte* text = message,
                tag = Ciphersuite
        )
        {
            return BlstLibrary.blst_core_verify_pk_in_g1(
                    &key,
                    &point,
                    1,
                    text,
                    (nuint)message.Length,
                    tag,
                    (nuint)Ciphersuite.Length,
                    null,
                    0
                ) == 0;
        }
    }

    /// <summary>
    /// Proves that the loaded library computes what this program was built for: the signature of a fixed key and message
    /// (sign case 11b8c7cad5238946 of ethereum/bls12-381-tests), its verification, and the refusal of a changed message.
    /// </summary>
    /// <exception cref="InvalidOperationException">The library gave another answer: it must not be used.</exception>
    public static void SelfTest(SecretArena arena)
    {
        var secret = Convert.FromHexString("47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138");
        var expected = Convert.FromHexString(
            "b23c46be3a001c63ca711f87a005c200cc550b9429d5f4eb38d74322144f1b63926da3388979e5321012fb1a0526bcd1"
                + "00b5ef5fe72628ce4cd5e904aeaa3279527843fae5ca9ca675f4f51ed8f83bbf7155da9ecc9663100a885d5dc6df96d9"
        );
        Span<byte> message = stackalloc byte[32];
        Span<byte> publicKey = stackalloc byte[PublicKeyLength];
        Span<byte> signature = stackalloc byte[SignatureLength];
        using (var key = BlsSecretKey.FromBigEndian(arena, secret))
        {
            key.Sign(message, signature);
            key.WritePublicKey(publicKey);
        }

        var right = signature.SequenceEqual(expected) && Verify(publicKey, message, signature);
        message[31] ^= 1;
        if (!right || Verify(publicKey, message, signature))
        {
            throw new InvalidOperationException(
                "libblst.so fails its known-answer test: it is not the library this program was built with"
            );
        }
    }

    /// <summary>Σ cᵢ·Sᵢ over signatures, compressed: with Lagrange coefficients at zero this is the group's signature.</summary>
    /// <exception cref="ArgumentException">One of the signatures is no point of the group, or there is not one coefficient for
    /// each.</exception>
    public static void Combine(IReadOnlyList<byte[]> signatures, IReadOnlyList<BlsScalar> coefficients, Span<byte> combined)
    {
        Expect(combined.Length, SignatureLength, "signature");
        if (signatures.Count == 0 || signatures.Count != coefficients.Count)
        {
            throw new ArgumentException("every signature takes one coefficient");
        }

        BlstP2 sum = default;
        for (var i = 0; i < signatures.Count; i++)
        {
            if (!TryReadSignature(signatures[i], out var affine))
            {
                throw new ArgumentException($"signature {i} is no point of the group");
            }

            BlstP2 point;
            BlstLibrary.blst_p2_from_affine(&point, &affine);
            fixed (byte* scalar = coefficients[i].LittleEndian)
            {
                BlstLibrary.blst_p2_mult(&point, &point, scalar, 255);
            }

            BlstLibrary.blst_p2_add_or_double(&sum, &sum, &point);
        }

        fixed (byte* target = combined)
        {
            BlstLibrary.blst_p2_compress(target, &sum);
        }
    }

    /// <summary>
    /// Σ cᵢ·Pᵢ over public keys, 48 bytes compressed; infinity is 0xc0 and 47 zeroes. With Lagrange coefficients at zero over the public
    /// keys of shares this is the group's public key.
    /// </summary>
    /// <exception cref="ArgumentException">One of them is no public key, or there is not one coefficient for each.</exception>
    public static void CombinePublicKeys(IReadOnlyList<byte[]> publicKeys, IReadOnlyList<BlsScalar> coefficients, Span<byte> combined)
    {
        Expect(combined.Length, PublicKeyLength, "public key");
        if (publicKeys.Count == 0 || publicKeys.Count != coefficients.Count)
        {
            throw new ArgumentException("every public key takes one coefficient");
        }

        BlstP1 sum = default;
        for (var i = 0; i < publicKeys.Count; i++)
        {
            var point = ReadPublicKey(publicKeys[i], i);
            fixed (byte* scalar = coefficients[i].LittleEndian)
            {
                BlstLibrary.blst_p1_mult(&point, &point, scalar, 255);
            }

            BlstLibrary.blst_p1_add_or_double(&sum, &sum, &point);
        }

        fixed (byte* target = combined)
        {
            BlstLibrary.blst_p1_compress(target, &sum);
        }
    }

    /// <summary>
    /// True when <paramref name="signature"/> is the sum of one signature of <paramref name="message"/> under each of the keys
    /// (FastAggregateVerify of draft-irtf-cfrg-bls-signature-05 §3.3.4). It proves something only where every key's owner is known to have
    /// its secret; malformed points are false.
    /// </summary>
    public static bool FastAggregateVerify(IReadOnlyList<byte[]> publicKeys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKeys.Count == 0 || publicKeys.Any(key => !IsPublicKey(key)))
        {
            return false;
        }

        BlstP1 sum = default;
        for (var i = 0; i < publicKeys.Count; i++)
        {
            var point = ReadPublicKey(publicKeys[i], i);
            BlstLibrary.blst_p1_add_or_double(&sum, &sum, &point);
        }

        Span<byte> combined = stackalloc byte[PublicKeyLength];
        fixed (byte* target = combined)
        {
            BlstLibrary.blst_p1_compress(target, &sum);
        }

        return Verify(combined, message, signature);
    }

    private static BlstP1 ReadPublicKey(ReadOnlySpan<byte> publicKey, int position)
    {
        if (!TryReadPublicKey(publicKey, out var affine))
        {
            throw new ArgumentException($"public key {position} is no point of the group");
        }

        BlstP1 point;
        BlstLibrary.blst_p1_from_affine(&point, &affine);
        return point;
    }

    internal static void Expect(int actual, int expected, string what)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"a {what} is {expected} bytes, not {actual}");
        }
    }

    internal static bool TryReadSignature(ReadOnlySpan<byte> signature, out BlstP2Affine point)
    {
        fixed (BlstP2Affine* target = &point)
        fixed (byte* source = signature)
        {
            return signature.Length == SignatureLength
                && BlstLibrary.blst_p2_uncompress(target, source) == 0
                && BlstLibrary.blst_p2_affine_is_inf(target) == 0
                && BlstLibrary.blst_p2_affine_in_g2(target) != 0;
        }
    }

    internal static bool TryReadPublicKey(ReadOnlySpan<byte> publicKey, out BlstP1Affine point)
    {
        fixed (BlstP1Affine* target = &point)
        fixed (byte* source = publicKey)
        {
            return publicKey.Length == PublicKeyLength
                && BlstLibrary.blst_p1_uncompress(target, source) == 0
                && BlstLibrary.blst_p1_affine_is_inf(target) == 0
                && BlstLibrary.blst_p1_affine_in_g1(target) != 0;
        }
    }
}
