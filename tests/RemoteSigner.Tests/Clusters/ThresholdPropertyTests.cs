using CsCheck;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Dealt keys with up to 13 shares at any 64-bit indices.</summary>
public sealed class ThresholdPropertyTests : IDisposable
{
    private readonly SecretArena _arena = new();

    private static readonly Gen<(int Threshold, ulong[] Indices, byte[] Seed, byte[] Root)> _clusters =
        from shares in Gen.Int[2, 13]
        from threshold in Gen.Int[2, shares]
        from indices in Gen.OneOf(Gen.ULong[1, ulong.MaxValue], Gen.ULong[1, 40], Gen.ULong[ulong.MaxValue - 40, ulong.MaxValue]).HashSet[
            shares
        ]
        from shuffled in Gen.Shuffle(indices.ToArray())
        from seed in Gen.Byte.Array[32]
        from root in Gen.Byte.Array[32]
        select (threshold, shuffled, seed, root);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Any_threshold_of_partials_verifies_under_the_group_key_and_one_less_never_does() =>
        _clusters.Sample(
            cluster =>
            {
                BlsSecretKey[] polynomial =
                [
                    .. Enumerable.Range(0, cluster.Threshold).Select(i => BlsSecretKey.Generate(_arena, [.. cluster.Seed, (byte)i])),
                ];
                var groupKey = new byte[48];
                polynomial[0].WritePublicKey(groupKey);
                var partials = cluster.Indices.Select(index => KeyValuePair.Create(index, Sign(polynomial, index, cluster.Root))).ToList();
                Array.ForEach(polynomial, key => key.Dispose());

                return Enumerable
                    .Range(cluster.Threshold - 1, cluster.Indices.Length - cluster.Threshold + 2)
                    .All(count =>
                        Verifies(partials.Take(count)) == (count >= cluster.Threshold)
                        && Verifies(partials.TakeLast(count)) == (count >= cluster.Threshold)
                    );

                bool Verifies(IEnumerable<KeyValuePair<ulong, BlsSignature>> some) =>
                    Bls.Verify(groupKey, cluster.Root, ThresholdSignature.Combine(new Dictionary<ulong, BlsSignature>(some)).Bytes);
            },
            iter: 25,
            threads: 1
        );

    private BlsSignature Sign(BlsSecretKey[] polynomial, ulong index, byte[] root)
    {
        using var share = BlsSecretKey.Share(_arena, polynomial, index);
        var signature = new byte[96];
        share.Sign(root, signature);
        return new BlsSignature(signature);
    }
}
