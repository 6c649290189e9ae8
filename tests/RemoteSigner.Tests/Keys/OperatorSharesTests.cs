using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters.Ssv;
using static RemoteSigner.Tests.Clusters.Ssv.KeysharesVectors;

namespace RemoteSigner.Tests.Keys;

/// <summary>The keyshares of the shared vectors (ours), opened with the operators' keys.</summary>
public sealed class OperatorSharesTests : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Theory]
    [InlineData(0, 12)]
    [InlineData(3, 1021)]
    public void Our_share_follows_from_our_key_and_knows_its_place(int position, ulong id)
    {
        using var key = OperatorKeyTests.Operator(_arena, position);
        var json = File.ReadAllBytes(Vectors.Path(Ours));
        var document = Assert.IsType<ClusterDocument.SsvShares>(ClusterDocument.Read(json));

        using var share = Assert.Single(new OperatorShares(VerifiedKeyshares.Of(json, "keyshares.json")).Open(key, _arena));

        Assert.Equal(new ClusterMembership(id, 3, 4, document.Hash, ShareProvenance.SsvFile), share.Membership);
        Assert.Equal(document.GroupKeys[0], share.GroupKey);
        Assert.Contains((id, share.ShareKey), document.SharesOf(document.GroupKeys[0]));
        Assert.Equal(new Root(System.Security.Cryptography.SHA256.HashData(json)), document.Hash);
    }

    [Fact]
    public void A_stranger_to_the_file_is_told_so()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        using var key = OperatorKey.FromPkcs1(_arena, rsa.ExportRSAPrivateKey());

        Assert.Equal(["foreign_operator"], Codes(Node(Ours), key));
    }

    [Fact]
    public void A_share_that_was_encrypted_to_another_operator_is_told()
    {
        var opened = Enumerable
            .Range(0, 4)
            .Select(i =>
            {
                using var key = OperatorKeyTests.Operator(_arena, i);
                return Codes(Node("ssv-keyshares-4of3/neg-encrypted-to-wrong-operator.json"), key);
            });

        Assert.Contains(opened, codes => codes.SequenceEqual(["share_does_not_open"]));
    }

    /// <summary>Of a batch every bad one is named, and none of the good ones is given.</summary>
    [Fact]
    public void Of_a_batch_half_of_which_is_bad_every_bad_one_is_named()
    {
        var batch = Node(Ours);
        batch["shares"]!.AsArray().Add(Node("ssv-keyshares-4of3/neg-share-pubkey-mismatch.json")["shares"]![0]!.DeepClone());

        var refused = Assert.Throws<ImportException>(() => VerifiedKeyshares.Of(Bytes(batch), "batch.json"));

        Assert.Contains(refused.Refusals, refusal =>
            refusal.Code == "interpolation" && refusal.Subject.Contains("shares[1]", StringComparison.Ordinal)
        );
        Assert.All(refused.Refusals, refusal => Assert.NotEmpty(refusal.Hint));
    }

    [Fact]
    public void Validators_of_different_operators_are_no_one_document()
    {
        var batch = Node(Ours);
        batch["shares"]!.AsArray().Add(batch["shares"]![0]!.DeepClone());
        batch["shares"]![1]!["payload"]!["operatorIds"]![3] = 1022;

        Assert.Contains(
            "different operators",
            Assert.Throws<ClusterFileException>(() => ClusterDocument.Read(Bytes(batch))).Message,
            StringComparison.Ordinal
        );
    }

    private List<string> Codes(JsonNode file, OperatorKey key)
    {
        try
        {
            Assert.Single(new OperatorShares(VerifiedKeyshares.Of(Bytes(file), "keyshares.json")).Open(key, _arena)).Dispose();
            return [];
        }
        catch (ImportException e)
        {
            return [.. e.Refusals.Select(refusal => refusal.Code)];
        }
    }

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
