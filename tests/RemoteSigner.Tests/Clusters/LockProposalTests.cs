using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Clusters;

public sealed class LockProposalTests
{
    [Theory]
    [InlineData("lock-v1_7-4of3")]
    [InlineData("lock-v1_8-4of3")]
    [InlineData("lock-v1_10-4of3")]
    [InlineData("lock-v1_11-4of3")]
    public void The_root_that_is_signed_is_the_lock_hash(string name)
    {
        var cluster = ClusterVectors.Lock(name);

        Assert.Equal(cluster.LockHash, LockProposal.ToMessage(cluster).SigningRoot(Network.Find("hoodi")!));
    }

    [Fact]
    public void A_lock_that_nobody_signed_is_verified_in_all_but_that()
    {
        var unsigned = ClusterVectors.Lock("lock-v1_11-4of3") with { SignatureAggregate = [], NodeSignatures = [] };

        Assert.DoesNotContain(LockProposal.Verify(unsigned, ClusterVectors.Strict), result => result.Verdict is CheckVerdict.Failed);
        Assert.Contains(ClusterCheck.LockHash, Failures(unsigned with { LockHash = default }));
        Assert.Contains(
            ClusterCheck.DistinctKeys,
            Failures(unsigned with { Validators = [unsigned.Validators[0], unsigned.Validators[0]] })
        );
    }

    [Theory]
    [InlineData("neg-degree-too-low", ClusterCheck.Degree)]
    [InlineData("neg-shares-swapped", ClusterCheck.Interpolation)]
    [InlineData("neg-deposit-wc", ClusterCheck.Deposits)]
    [InlineData("neg-definition-edited", ClusterCheck.ConfigHash)]
    public void What_is_wrong_with_a_lock_is_wrong_with_its_proposal(string name, ClusterCheck check) =>
        Assert.Contains(check, Failures(ClusterVectors.Lock(name)));

    [Fact]
    public void Ours_is_the_operator_whose_share_of_every_validator_is_held()
    {
        var cluster = ClusterVectors.Lock("lock-v1_11-4of3");
        var third = cluster.Validators.Select(validator => validator.PublicShares[2]).ToHashSet();

        Assert.Equal(3UL, LockProposal.FindOurs(cluster, (share, _, _) => third.Contains(share)));
        Assert.Null(LockProposal.FindOurs(cluster, (share, _, _) => share == cluster.Validators[0].PublicShares[2]));
        Assert.Null(LockProposal.FindOurs(cluster, (share, _, index) => third.Contains(share) && index == 2));
        Assert.Null(LockProposal.FindOurs(cluster with { Validators = [] }, (_, _, _) => true));
    }

    private static IEnumerable<ClusterCheck> Failures(ClusterLock cluster) =>
        LockProposal
            .Verify(cluster, ClusterVectors.Strict)
            .Where(result => result.Verdict is CheckVerdict.Failed)
            .Select(result => result.Check);
}
