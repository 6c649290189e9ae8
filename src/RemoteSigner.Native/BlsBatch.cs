using System.Security.Cryptography;

namespace RemoteSigner.Native;

/// <summary>
/// Verifies many signatures for little more than the price of one: each claim is multiplied by a random weight of 128 bits and all are
/// summed up, so that errors which cancel each other out in a plain sum do not. A false batch passes with a probability of at most 2^-127.
/// </summary>
public static unsafe class BlsBatch
{
    private const int WeightLength = 16;
    private const int WeightBits = WeightLength * 8;

    /// <summary>
    /// The positions of the claims that are false, in order; empty when all hold. Malformed points, points off the subgroup and infinity
    /// are false claims, never an exception. A batch that does not hold is judged claim by claim, which costs about a millisecond each.
    /// </summary>
    public static IReadOnlyList<int> FindInvalid(IReadOnlyList<SignatureClaim> claims) =>
        claims.Count == 0 || (claims.Count > 1 && VerifyAll(claims))
            ? []
            : [.. Enumerable.Range(0, claims.Count).Where(i => !Holds(claims[i]))];

    private static bool Holds(SignatureClaim claim) => Bls.Verify(claim.PublicKey, claim.Message, claim.Signature);

    // Π e(Σ wᵢ·Pᵢ, H(m)) over the distinct messages m = e(G, Σ wᵢ·Sᵢ): one pairing for each message, and one.
    private static bool VerifyAll(IReadOnlyList<SignatureClaim> claims)
    {
        var weights = NewWeights(claims.Count);
        var keys = new Dictionary<byte[], BlstP1>(ByteSequence.Instance);
        BlstP2 signatures = default;
        for (var i = 0; i < claims.Count; i++)
        {
            var (publicKey, message, signature) = claims[i];
            if (!Bls.TryReadPublicKey(publicKey, out var key) || !Bls.TryReadSignature(signature, out var point))
            {
                return false;
            }

            fixed (byte* weight = &weights[i * WeightLength])
            {
                keys[message] = Add(keys.GetValueOrDefault(message), key, weight);
                signatures = Add(signatures, point, weight);
            }
        }

        return PairingHolds(keys, signatures);
    }

    // A weight of zero would leave its claim unlooked at.
    private static byte[] NewWeights(int count)
    {
        var weights = RandomNumberGenerator.GetBytes(checked(count * WeightLength));
        for (var i = 0; i < weights.Length; i += WeightLength)
        {
            weights[i] |= 1;
        }

        return weights;
    }

    private static BlstP1 Add(BlstP1 sum, BlstP1Affine affine, byte* weight)
    {
        BlstP1 point;
        BlstLibrary.blst_p1_from_affine(&point, &affine);
        BlstLibrary.blst_p1_mult(&point, &point, weight, WeightBits);
        BlstLibrary.blst_p1_add_or_double(&sum, &sum, &point);
        return sum;
    }

    private static BlstP2 Add(BlstP2 sum, BlstP2Affine affine, byte* weight)
    {
        BlstP2 point;
        BlstLibrary.blst_p2_from_affine(&point, &affine);
        BlstLibrary.blst_p2_mult(&point, &point, weight, WeightBits);
        BlstLibrary.blst_p2_add_or_double(&sum, &sum, &point);
        return sum;
    }

    private static bool PairingHolds(Dictionary<byte[], BlstP1> keys, BlstP2 signatures)
    {
        var room = new ulong[((int)BlstLibrary.blst_pairing_sizeof() + sizeof(ulong) - 1) / sizeof(ulong)];
        fixed (ulong* context = room)
        fixed (byte* tag = Bls.Ciphersuite)
        {
            BlstLibrary.blst_pairing_init(context, 1, tag, (nuint)Bls.Ciphersuite.Length);
            foreach (var (message, sum) in keys)
            {
                BlstP1Affine key;
                BlstLibrary.blst_p1_to_affine(&key, &sum);
                fixed (byte* text = message)
                {
                    // Refused when the weighted keys cancel out to infinity: the claims are judged one by one then.
                    if (BlstLibrary.blst_pairing_aggregate_pk_in_g1(context, &key, null, text, (nuint)message.Length, null, 0) != 0)
                    {
                        return false;
                    }
                }
            }

            BlstLibrary.blst_pairing_commit(context);
            BlstP2Affine signature;
            BlstFp12 target;
            BlstLibrary.blst_p2_to_affine(&signature, &signatures);
            BlstLibrary.blst_aggregated_in_g2(&target, &signature);
            return BlstLibrary.blst_pairing_finalverify(context, &target) != 0;
        }
    }

    /// <summary>Messages are equal when their bytes are.</summary>
    private sealed class ByteSequence : IEqualityComparer<byte[]>
    {
        public static readonly ByteSequence Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
