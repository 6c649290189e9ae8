using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

/// <summary>Against the locks of the shared vectors, good and bad (ours).</summary>
public sealed class ClusterVerifierTests
{
    [Theory]
    [InlineData("lock-v1_7-4of3", 17)]
    [InlineData("lock-v1_8-4of3", 17)]
    [InlineData("lock-v1_10-4of3", 17)]
    [InlineData("lock-v1_11-4of3", 17)]
    [InlineData("lock-v1_11-solo", 16)]
    public void Every_check_of_a_genuine_lock_passes(string name, int passed)
    {
        var results = ClusterVerifier.Verify(Lock(name), Strict);

        Assert.Equal(Enum.GetValues<ClusterCheck>(), results.Select(result => result.Check));
        Assert.DoesNotContain(results, result => result.Verdict is CheckVerdict.Failed);
        Assert.Equal(passed, results.Count(result => result.Verdict is CheckVerdict.Passed));
    }

    /// <summary>The reasons of negative-index.json; checks that fall with it stand behind the one that names it.</summary>
    [Theory]
    [InlineData(
        "neg-lockhash-flipped",
        "lock_hash does not match",
        ClusterCheck.LockHash,
        ClusterCheck.SignatureAggregate,
        ClusterCheck.NodeSignatures
    )]
    [InlineData(
        "neg-definition-edited",
        "config/definition hash mismatch",
        ClusterCheck.ConfigHash,
        ClusterCheck.DefinitionHash,
        ClusterCheck.LockHash,
        ClusterCheck.Threshold,
        ClusterCheck.Interpolation,
        ClusterCheck.Degree
    )]
    [InlineData("neg-shares-swapped", "public shares at wrong index", ClusterCheck.Interpolation)]
    [InlineData("neg-degree-too-low", "degree 1", ClusterCheck.Degree)]
    [InlineData(
        "neg-duplicate-share",
        "same public share",
        ClusterCheck.DistinctKeys,
        ClusterCheck.Interpolation,
        ClusterCheck.SignatureAggregate
    )]
    [InlineData("neg-node-sig-order", "node signatures in wrong operator order", ClusterCheck.NodeSignatures)]
    [InlineData("neg-deposit-wc", "deposit data signature is for other withdrawal credentials", ClusterCheck.Deposits)]
    public void A_bad_lock_is_refused_for_the_reason_it_was_made_for(string name, string reason, params ClusterCheck[] failing)
    {
        Assert.Contains(reason, Vectors.Read("clusters/negative-index.json")[name]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(failing.Order(), Failures(Lock(name)));
    }

    [Fact]
    public void The_index_of_bad_locks_holds_no_others() => Assert.Equal(7, Vectors.Read("clusters/negative-index.json").AsObject().Count);

    [Fact]
    public void The_definition_in_a_lock_verifies_by_itself()
    {
        var results = ClusterVerifier.Verify(Lock("lock-v1_10-4of3").Definition, Strict);

        Assert.Equal(8, results.Count);
        Assert.All(results, result => Assert.IsType<CheckVerdict.Passed>(result.Verdict));
    }

    [Fact]
    public void A_lock_of_another_network_is_refused()
    {
        var hoodi = ForkVersion.Parse("0x10000910");

        Assert.Empty(Failures(Lock("lock-v1_11-4of3"), new VerificationPolicy { Network = hoodi }));
        Assert.Equal([ClusterCheck.Network], Failures(Lock("lock-v1_11-4of3"), new VerificationPolicy { Network = default(ForkVersion) }));
    }

    [Fact]
    public void A_lock_tells_an_import_all_about_the_shares_of_an_operator()
    {
        var cluster = Lock("lock-v1_10-4of3");

        var shares = cluster.SharesOf(2);

        Assert.Equal([0, 1], shares.Select(share => share.Position));
        Assert.Equal(cluster.Validators.Select(validator => validator.PublicShares[1]), shares.Select(share => share.PublicShare));
        Assert.All(shares, share =>
            Assert.Equal((2UL, 3, 4, cluster.LockHash), (share.ShareIndex, share.Threshold, share.Operators, share.LockHash))
        );
        Assert.Equal(ExecutionAddress.Parse("0x5f1a60ad944c926429959df8443cb791ad6a2366"), shares[1].FeeRecipient);
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.SharesOf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.SharesOf(0));
    }

    /// <summary>Charon leaves the aggregate empty where it adds validators while the shares live in signers.</summary>
    [Fact]
    public void A_lock_without_an_aggregate_is_told_how_to_get_one_and_passes_with_it()
    {
        var unsigned = ClusterLock.Parse(File.ReadAllBytes(Vectors.Path("clusters-charon/add-validators-unverified/cluster-lock.json")));
        var completed = ClusterLock.Parse(
            File.ReadAllBytes(Vectors.Path("clusters-charon/add-validators-unverified/cluster-lock.completed.json"))
        );

        Assert.Equal([ClusterCheck.SignatureAggregate], ClusterVectors.Failures(unsigned));
        Assert.Contains(
            "'remote-signer cluster complete'",
            Assert.IsType<CheckVerdict.Failed>(ClusterVectors.VerdictOf(unsigned, ClusterCheck.SignatureAggregate)).Hint,
            StringComparison.Ordinal
        );
        Assert.Empty(ClusterVectors.Failures(completed));
        var old = ClusterVectors.Lock("lock-v1_7-4of3") with { SignatureAggregate = [] };
        Assert.DoesNotContain(
            "cluster complete",
            Assert
                .IsType<CheckVerdict.Failed>(
                    ClusterVectors.VerdictOf(
                        old with
                        {
                            Definition = old.Definition with { Version = ClusterVersion.Find("v1.6.0")!.Value },
                        },
                        ClusterCheck.SignatureAggregate
                    )
                )
                .Hint,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_check_has_an_error_code_of_its_own()
    {
        var codes = Enum.GetValues<ClusterCheck>().Select(ClusterCheckCodes.Code).ToList();

        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.Contains("signature_aggregate", codes);
    }
}
