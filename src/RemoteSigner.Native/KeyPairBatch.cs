using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// Tells whether many secrets belong to their public keys for a fraction of what deriving each key costs: (Σ wᵢ·sᵢ)·G1 = Σ wᵢ·Pᵢ with
/// random weights of 64 bits. Of keys in the subgroup wrong pairs pass with a probability of about 2^-63. Of others they may pass: a point
/// of order 3 beside the right key vanishes under every third weight, and looking at each point would cost thirty times as much. So this is
/// for records that are authenticated, and were made with keys derived from their secrets: it finds what was mixed up.
/// </summary>
public static unsafe class KeyPairBatch
{
    private const int WeightLength = 8;

    /// <summary>
    /// True when every secret is that of the public key (48 bytes, compressed) at its place; false also for what is no point. The weighted
    /// sum lives in <paramref name="arena"/>.
    /// </summary>
    /// <exception cref="ArgumentException">There are not as many keys as secrets.</exception>
    public static bool Holds(SecretArena arena, ReadOnlySpan<BlsSecretKey> secrets, IReadOnlyList<byte[]> publicKeys)
    {
        if (secrets.Length != publicKeys.Count)
        {
            throw new ArgumentException($"{secrets.Length} secrets cannot belong to {publicKeys.Count} public keys", nameof(publicKeys));
        }

        if (secrets.IsEmpty)
        {
            return true;
        }

        var weights = RandomNumberGenerator.GetBytes(checked(secrets.Length * WeightLength));
        Span<byte> expected = stackalloc byte[Bls.PublicKeyLength];
        Span<byte> sum = stackalloc byte[Bls.PublicKeyLength];
        return TrySum(publicKeys, weights, sum)
            && BlsSecretKey.TryWriteWeightedPublicKey(arena, secrets, weights, WeightLength, expected)
            && sum.SequenceEqual(expected);
    }

    private static bool TrySum(IReadOnlyList<byte[]> publicKeys, byte[] weights, Span<byte> compressed)
    {
        var points = new BlstP1Affine[publicKeys.Count];
        for (var i = 0; i < points.Length; i++)
        {
            fixed (byte* bytes = publicKeys[i])
            fixed (BlstP1Affine* point = &points[i])
            {
                if (
                    publicKeys[i].Length != Bls.PublicKeyLength
                    || BlstLibrary.blst_p1_uncompress(point, bytes) != 0
                    || BlstLibrary.blst_p1_affine_is_inf(point) != 0
                )
                {
                    return false;
                }
            }
        }

        BlstP1 sum;
        var scratch = new ulong[(int)BlstLibrary.blst_p1s_mult_pippenger_scratch_sizeof((nuint)points.Length) / sizeof(ulong)];
        fixed (BlstP1Affine* first = points)
        fixed (
            byte* scalars = weights,
                target = compressed
        )
        fixed (ulong* work = scratch)
        {
            // A null after the first pointer says that the others lie behind it.
            var pointsFrom = stackalloc BlstP1Affine*[] { first, null };
            var scalarsFrom = stackalloc byte*[] { scalars, null };
            BlstLibrary.blst_p1s_mult_pippenger(&sum, pointsFrom, (nuint)points.Length, scalarsFrom, WeightLength * 8, work);
            BlstLibrary.blst_p1_compress(target, &sum);
        }

        return true;
    }
}
