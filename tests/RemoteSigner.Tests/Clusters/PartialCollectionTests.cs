using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

/// <summary>With a lock of the vectors (ours), whose shares are known: 3 of 4, two validators.</summary>
public sealed class PartialCollectionTests : IDisposable
{
    private const string Cluster = "lock-v1_11-4of3";

    private readonly SecretArena _arena = new();
    private readonly ClusterLock _lock = ClusterVectors.Lock(Cluster);
    private readonly ClusterDocument _document;

    public PartialCollectionTests() => _document = new ClusterDocument.CharonLock(_lock);

    public void Dispose() => _arena.Dispose();

    /// <summary>Whichever of the four is silent, for each validator another: its part is interpolated.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    public void Three_of_four_operators_give_the_locks_own_aggregate(int firstSilent, int secondSilent)
    {
        var collected = Collect();
        foreach (var share in Enumerable.Range(1, 4))
        {
            Assert.Empty(
                collected.Add([
                    .. new[] { (0, firstSilent), (1, secondSilent) }
                        .Where(one => one.Item2 != share)
                        .Select(one => Partial(one.Item1, share)),
                ])
            );
        }

        Assert.Empty(collected.Lacking);
        Assert.Equal([(ulong)firstSilent], collected.MissingOf(_lock.Validators[0].GroupKey));
        Assert.Equal(_lock.SignatureAggregate, collected.SumOfAllShares().Bytes.ToArray());
    }

    [Fact]
    public void All_four_operators_give_the_same()
    {
        var collected = Collect();
        collected.Add([.. Enumerable.Range(1, 4).SelectMany(share => new[] { Partial(0, share), Partial(1, share) })]);

        Assert.Equal(_lock.SignatureAggregate, collected.SumOfAllShares().Bytes.ToArray());
    }

    [Fact]
    public void What_does_not_hold_is_named_and_not_counted()
    {
        var collected = Collect();
        var good = Partial(0, 1);
        ValidatorPartial[] bad =
        [
            good with
            {
                Partial = good.Partial with { ShareIndex = 5 },
            },
            good with
            {
                GroupKey = default,
            },
            good with
            {
                Partial = good.Partial with { ShareIndex = 2 },
            },
            good with
            {
                GroupKey = _lock.Validators[1].GroupKey,
            },
            good with
            {
                Partial = new(3, default),
            },
        ];

        Assert.Equal(bad, collected.Add([good, .. bad]));
        Assert.Equal([good.Partial], collected.Of(good.GroupKey));
        Assert.Equal(_document.GroupKeys, collected.Lacking);
        Assert.Throws<InvalidOperationException>(() => collected.SumOfAllShares());
        Assert.Equal(new GroupSignature.TooFew(1, 3), collected.Combine(good.GroupKey));
    }

    [Fact]
    public void A_file_says_all_that_was_collected()
    {
        var file = new PartialsFile(
            "CLUSTER_LOCK",
            _lock.LockHash,
            [new(_lock.Validators[0].GroupKey, "the lock hash", _lock.LockHash, [Partial(0, 1).Partial, Partial(0, 4).Partial])]
        );

        var read = PartialsFile.Parse(file.Write());

        Assert.Equal((file.Duty, file.LockHash), (read.Duty, read.LockHash));
        var entry = Assert.Single(read.Validators);
        Assert.Equal((file.Validators[0].GroupKey, "the lock hash", _lock.LockHash), (entry.GroupKey, entry.Message, entry.SigningRoot));
        Assert.Equal(file.Validators[0].Partials, entry.Partials);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "later version")]
    [InlineData("remote-signer-partials", "other", "holds no partial signatures")]
    [InlineData("\"share_index\": 1", "\"share_index\": -1", "share_index")]
    [InlineData("\"share_index\": 1", "\"more\": 1, \"share_index\": 1", "more")]
    [InlineData("\"duty\"", "\"duties\"", "duty is missing")]
    [InlineData("\"version\": 1", "\"version\": 1, \"version\": 1", "not JSON")]
    public void A_file_of_another_form_is_refused_with_a_hint(string from, string to, string problem)
    {
        var text = System.Text.Encoding.UTF8.GetString(
            new PartialsFile(
                "DEPOSIT",
                _lock.LockHash,
                [new(_lock.Validators[0].GroupKey, "a deposit", _lock.LockHash, [Partial(0, 1).Partial])]
            ).Write()
        );

        var refused = Assert.Throws<ClusterFileException>(() =>
            PartialsFile.Parse(System.Text.Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)))
        );

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Hint);
    }

    [Fact]
    public void A_validator_twice_in_a_file_is_refused()
    {
        var entry = new PartialsFile.Entry(_lock.Validators[0].GroupKey, "a deposit", _lock.LockHash, []);

        Assert.Contains(
            "twice",
            Assert
                .Throws<ClusterFileException>(() => PartialsFile.Parse(new PartialsFile("DEPOSIT", _lock.LockHash, [entry, entry]).Write()))
                .Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Charon's own text of a lock without its aggregate and with it: every other byte stays.</summary>
    [Fact]
    public void A_locks_text_changes_in_its_aggregate_alone()
    {
        var unsigned = File.ReadAllText(Vectors.Path("clusters-charon/add-validators-unverified/cluster-lock.json"));
        var completed = ClusterLock.Parse(
            File.ReadAllBytes(Vectors.Path("clusters-charon/add-validators-unverified/cluster-lock.completed.json"))
        );
        var aggregate = new BlsSignature(completed.SignatureAggregate.AsSpan());

        var text = System.Text.Encoding.UTF8.GetString(LockText.WithAggregate(System.Text.Encoding.UTF8.GetBytes(unsigned), aggregate));

        Assert.Equal(
            unsigned.Replace("\"signature_aggregate\": \"\"", $"\"signature_aggregate\": \"{aggregate}\"", StringComparison.Ordinal),
            text
        );
        Assert.Empty(ClusterVectors.Failures(ClusterLock.Parse(System.Text.Encoding.UTF8.GetBytes(text))));
    }

    private PartialCollection Collect() => new(_document, _document.GroupKeys.Select(key => (key, _lock.LockHash)));

    private ValidatorPartial Partial(int validator, int share)
    {
        var hex = (string)ClusterVectors.Secrets(Cluster)["shares"]![validator]![share - 1]!;
        using var key = BlsSecretKey.FromBigEndian(_arena, Convert.FromHexString(hex[2..]));
        var signature = new byte[96];
        key.Sign(_lock.LockHash.Bytes, signature);
        return new ValidatorPartial(_lock.Validators[validator].GroupKey, new((ulong)share, new BlsSignature(signature)));
    }
}
