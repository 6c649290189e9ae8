using CsCheck;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Dealt polynomials with up to 13 shares, at 1, 2, … or anywhere among 64-bit indices.</summary>
public sealed class PublicSharesTests : IDisposable
{
    private readonly SecretArena _arena = new();

    private static readonly Gen<(int Shares, int Threshold, ulong Stride, byte[] Seed)> _clusters =
        from shares in Gen.Int[2, 13]
        from threshold in Gen.Int[2, shares]
        from stride in Gen.OneOf(1UL, 1_000_003UL, ulong.MaxValue / 13)
        from seed in Gen.Byte.Array[32]
        select (shares, threshold, stride, seed);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Shares_of_one_polynomial_agree_and_have_its_exact_degree() =>
        _clusters.Sample(
            cluster =>
            {
                var (group, shares) = Deal(cluster, cluster.Threshold);
                var dealt = new PublicShares(shares);
                return dealt.FindStray(group, cluster.Threshold) is null
                    && !dealt.HasTooLowDegree(cluster.Threshold)
                    && dealt.FindStray(group, cluster.Threshold - 1) is not null;
            },
            iter: 30,
            threads: 1
        );

    [Fact]
    public void A_polynomial_of_lower_degree_agrees_but_is_found_out() =>
        _clusters.Sample(
            cluster =>
            {
                var (group, shares) = Deal(cluster, cluster.Threshold - 1);
                var dealt = new PublicShares(shares);
                return dealt.FindStray(group, cluster.Threshold) is null && dealt.HasTooLowDegree(cluster.Threshold);
            },
            iter: 30,
            threads: 1
        );

    [Fact]
    public void A_share_off_the_polynomial_is_named()
    {
        var (group, shares) = Deal((7, 4, 1, new byte[32]), 4);
        var foreign = Deal((7, 4, 1, [.. Enumerable.Repeat((byte)1, 32)]), 4).Shares[0].Value;

        Assert.Equal(6UL, new PublicShares([.. shares[..5], KeyValuePair.Create(6UL, foreign), shares[6]]).FindStray(group, 4));
        Assert.Equal(4UL, new PublicShares([shares[0], KeyValuePair.Create(2UL, foreign), .. shares[2..]]).FindStray(group, 4));
    }

    private (BlsPublicKey Group, List<KeyValuePair<ulong, BlsPublicKey>> Shares) Deal(
        (int Shares, int Threshold, ulong Stride, byte[] Seed) cluster,
        int coefficients
    )
    {
        BlsSecretKey[] polynomial =
        [
            .. Enumerable.Range(0, coefficients).Select(i => BlsSecretKey.Generate(_arena, [.. cluster.Seed, (byte)i])),
        ];
        var shares = Enumerable
            .Range(1, cluster.Shares)
            .Select(i => (ulong)i * cluster.Stride)
            .Select(index =>
            {
                using var share = BlsSecretKey.Share(_arena, polynomial, index);
                return KeyValuePair.Create(index, PublicKey(share));
            })
            .ToList();
        var group = PublicKey(polynomial[0]);
        System.Array.ForEach(polynomial, key => key.Dispose());
        return (group, shares);
    }

    private static BlsPublicKey PublicKey(BlsSecretKey key)
    {
        var bytes = new byte[BlsPublicKey.Length];
        key.WritePublicKey(bytes);
        return new BlsPublicKey(bytes);
    }
}
