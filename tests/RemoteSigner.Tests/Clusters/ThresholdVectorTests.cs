using System.Globalization;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Every figure of threshold-vectors.json (ours): Charon's indices, SSV's operator ids, and the ends of 64 bits.</summary>
public sealed class ThresholdVectorTests : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Partials_coefficients_and_combined_signatures_are_the_stated_ones()
    {
        var file = Vectors.Read("threshold-vectors.json");
        Assert.All(file["groups"]!.AsArray(), group => CheckGroup(file["duties"]!, group!));
    }

    private void CheckGroup(JsonNode duties, JsonNode group)
    {
        var groupKey = BlsPublicKey.Parse((string)group["group_public_key"]!);
        foreach (var duty in group["signatures"]!.AsArray())
        {
            var root = Root.Parse((string)duties[(string)duty!["duty"]!]!["signing_root"]!);
            var partials = group["shares"]!.AsArray().ToDictionary(share => Id(share!["id"]!), share => Sign(share!, root));
            var combined = BlsSignature.Parse((string)duty["group_signature"]!);

            Assert.All(duty["partials"]!.AsArray(), partial =>
                Assert.Equal((string)partial!["signature"]!, partials[Id(partial["id"]!)].ToString())
            );
            Assert.All(duty["subsets"]!.AsArray(), subset => CheckSubset(subset!, partials, combined));
            Assert.True(Bls.Verify(groupKey.Bytes, root.Bytes, combined.Bytes));
        }
    }

    private static void CheckSubset(JsonNode subset, Dictionary<ulong, BlsSignature> partials, BlsSignature combined)
    {
        var ids = subset["ids"]!.AsArray().Select(id => Id(id!)).ToList();
        Assert.Equal(
            subset["lagrange_at_zero"]!.AsArray().Select(coefficient => (string)coefficient!),
            ids.Select(id => Hex.Format([.. Lagrange.AtZero(id, ids).LittleEndian.ToArray().Reverse()]))
        );
        Assert.Equal(combined, ThresholdSignature.Combine(ids.ToDictionary(id => id, id => partials[id])));
    }

    private BlsSignature Sign(JsonNode share, Root root)
    {
        using var key = BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(((string)share["secret"]!)[2..]));
        byte[] publicKey = new byte[48],
            signature = new byte[96];
        key.WritePublicKey(publicKey);
        key.Sign(root.Bytes, signature);
        Assert.Equal((string)share["public"]!, Hex.Format(publicKey));
        return new BlsSignature(signature);
    }

    private static ulong Id(JsonNode id) => ulong.Parse((string)id!, CultureInfo.InvariantCulture);
}
