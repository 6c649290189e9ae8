using System.Globalization;
using System.Text.Json;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Against threshold-vectors.json (ours): ids as large as 64 bits.</summary>
public sealed class ThresholdSignatureTests : IDisposable
{
    private readonly SecretArena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void Any_threshold_of_partials_makes_the_groups_signature_and_one_less_does_not()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Vectors.Path("threshold-vectors.json")));
        Assert.All(file.RootElement.GetProperty("groups").EnumerateArray(), group => Combine(file, group));
    }

    private void Combine(JsonDocument file, JsonElement group)
    {
        var threshold = group.GetProperty("threshold").GetInt32();
        var groupKey = BlsPublicKey.Parse(group.GetProperty("group_public_key").GetString());
        var root = Root.Parse(file.RootElement.GetProperty("duties").GetProperty("ATTESTATION").GetProperty("signing_root").GetString());
        var partials = group
            .GetProperty("shares")
            .EnumerateArray()
            .ToDictionary(
                share => ulong.Parse(share.GetProperty("id").GetString()!, CultureInfo.InvariantCulture),
                share => Sign(share.GetProperty("secret").GetString()!, root)
            );

        foreach (var chosen in Subsets(partials.Keys.ToList(), threshold).Take(20))
        {
            var combined = ThresholdSignature.Combine(chosen.ToDictionary(id => id, id => partials[id]));
            Assert.True(Bls.Verify(groupKey.Bytes, root.Bytes, combined.Bytes));
            var fewer = ThresholdSignature.Combine(chosen.Skip(1).ToDictionary(id => id, id => partials[id]));
            Assert.False(Bls.Verify(groupKey.Bytes, root.Bytes, fewer.Bytes));
        }
    }

    [Fact]
    public void Dealt_shares_combine_to_the_secret_they_were_dealt_from()
    {
        BlsSecretKey[] coefficients =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ => BlsSecretKey.Generate(_arena, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32))),
        ];
        var groupKey = new byte[48];
        coefficients[0].WritePublicKey(groupKey);
        var root = new byte[32];
        var partials = new ulong[] { 1, 3, ulong.MaxValue }.ToDictionary(
            index => index,
            index =>
            {
                using var share = BlsSecretKey.Share(_arena, coefficients, index);
                var signature = new byte[96];
                share.Sign(root, signature);
                return new BlsSignature(signature);
            }
        );

        Assert.True(Bls.Verify(groupKey, root, ThresholdSignature.Combine(partials).Bytes));
    }

    [Fact]
    public void A_threshold_of_partials_makes_any_other_shares()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Vectors.Path("threshold-vectors.json")));
        var root = Root.Parse(file.RootElement.GetProperty("duties").GetProperty("ATTESTATION").GetProperty("signing_root").GetString());
        foreach (var group in file.RootElement.GetProperty("groups").EnumerateArray())
        {
            var threshold = group.GetProperty("threshold").GetInt32();
            var partials = group
                .GetProperty("shares")
                .EnumerateArray()
                .ToDictionary(
                    share => ulong.Parse(share.GetProperty("id").GetString()!, CultureInfo.InvariantCulture),
                    share => Sign(share.GetProperty("secret").GetString()!, root)
                );
            foreach (var chosen in Subsets(partials.Keys.ToList(), threshold).Take(10))
            {
                var known = chosen.ToDictionary(id => id, id => partials[id]);
                Assert.All(partials.Keys, index => Assert.Equal(partials[index], ThresholdSignature.At(index, known)));
            }
        }
    }

    [Fact]
    public void There_is_no_share_of_index_zero() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ThresholdSignature.At(0, new Dictionary<ulong, BlsSignature> { [1] = default, [2] = default })
        );

    private static IEnumerable<IReadOnlyList<ulong>> Subsets(List<ulong> items, int size) =>
        size == 0
            ?
            [
                [],
            ]
            : items.SelectMany((item, i) => Subsets(items[(i + 1)..], size - 1).Select(rest => (IReadOnlyList<ulong>)[item, .. rest]));

    private BlsSignature Sign(string secret, Root root)
    {
        using var key = BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(secret[2..]));
        var signature = new byte[96];
        key.Sign(root.Bytes, signature);
        return new BlsSignature(signature);
    }
}
