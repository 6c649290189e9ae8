using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>With a lock of the vectors (ours), whose shares are known.</summary>
public sealed class GroupSignatureTests : IDisposable
{
    private const string Cluster = "lock-v1_11-4of3";

    private readonly SecretArena _arena = new();
    private readonly ClusterDocument _document = new ClusterDocument.CharonLock(ClusterVectors.Lock(Cluster));
    private readonly Root _root = new([.. Enumerable.Repeat((byte)5, 32)]);

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void A_threshold_of_partials_or_more_gives_the_groups_signature()
    {
        var group = _document.GroupKeys[1];

        var three = Assert.IsType<GroupSignature.Combined>(Combine(1, 4, 1, 3));
        var four = Assert.IsType<GroupSignature.Combined>(Combine(1, 1, 2, 3, 4));

        Assert.Equal(three.Signature, four.Signature);
        Assert.Equal([1, 3, 4], three.ShareIndices);
        Assert.True(Bls.Verify(group.Bytes, _root.Bytes, three.Signature.Bytes));
    }

    [Fact]
    public void Culprits_are_named()
    {
        var good = Partial(1, 1);

        Assert.Equal(
            [2UL, 4],
            Assert
                .IsType<GroupSignature.InvalidPartials>(Combine([good, Partial(0, 2), Partial(1, 3), good with { ShareIndex = 4 }]))
                .ShareIndices
        );
        Assert.Equal(
            [0UL, 1, 5],
            Assert
                .IsType<GroupSignature.UnknownShares>(Combine([good, good, good with { ShareIndex = 0 }, good with { ShareIndex = 5 }]))
                .ShareIndices
        );
        Assert.Equal(new GroupSignature.TooFew(2, 3), Combine(1, 1, 2));
    }

    [Fact]
    public void A_validator_that_the_document_does_not_know_has_no_shares() =>
        Assert.IsType<GroupSignature.UnknownShares>(GroupSignature.Combine(_document, default, _root, [Partial(1, 1)]));

    private GroupSignature Combine(int validator, params int[] shares) => Combine([.. shares.Select(share => Partial(validator, share))]);

    private GroupSignature Combine(IReadOnlyList<PartialSignature> partials) =>
        GroupSignature.Combine(_document, _document.GroupKeys[1], _root, partials);

    private PartialSignature Partial(int validator, int share)
    {
        var hex = (string)ClusterVectors.Secrets(Cluster)["shares"]![validator]![share - 1]!;
        using var key = BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(hex[2..]));
        var signature = new byte[96];
        key.Sign(_root.Bytes, signature);
        return new PartialSignature((ulong)share, new BlsSignature(signature));
    }
}
