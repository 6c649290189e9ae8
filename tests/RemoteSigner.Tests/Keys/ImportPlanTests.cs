using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Keys;

/// <summary>What may come in beside what is held, decided on lists alone: no vault, no ledger, no keystore.</summary>
public sealed class ImportPlanTests
{
    private static readonly BlsPublicKey _validator = PublicKey(100);
    private static readonly BlsPublicKey _other = PublicKey(101);

    private static readonly VaultListing.Share _whole = new(_validator, _validator, null, "whole");

    private Dictionary<BlsPublicKey, BlsPublicKey> Siblings { get; } = [];

    private HashSet<BlsPublicKey> Yielding { get; } = [];

    [Fact]
    public void Nothing_stands_against_shares_of_two_validators()
    {
        var plan = Plan([Share(1, _validator), Share(2, _other)], [Share(3, PublicKey(102), index: 1)]);

        Assert.Empty(Codes(plan));
        Assert.Equal((0, 0, 0), (plan.Bound.Count, plan.Replaced.Count, plan.Replacing.Count));
    }

    [Fact]
    public void One_that_is_there_twice_is_refused_once() =>
        Assert.Equal(["given_twice"], Codes(Plan([Share(1, _validator), Share(1, _validator)], [])));

    [Fact]
    public void A_held_share_without_a_place_learns_it()
    {
        var plan = Plan([Share(1, _validator, index: 1), Share(2, _other, index: 1)], [Share(1, null), Share(2, _other)]);

        Assert.Empty(Codes(plan));
        Assert.Equal([PublicKey(1), PublicKey(2)], plan.Bound);
        Assert.Empty(plan.Rebound);
    }

    [Fact]
    public void A_held_share_that_is_offered_without_a_place_is_there_already()
    {
        var plan = Plan([Share(1, _validator)], [Share(1, _validator)]);

        Assert.Equal(["already_held"], Codes(plan));
        Assert.Empty(plan.Bound);
    }

    [Fact]
    public void One_that_is_there_already_stays_where_it_is() =>
        Assert.Equal(
            ["already_held", "second_share_of_group"],
            Codes(Plan([Share(1, null), Share(2, _validator)], [Share(1, _validator)]))
        );

    [Fact]
    public void One_that_leaves_another_validator_or_another_document_is_told_with_what_it_was()
    {
        VaultListing.Share[] held = [Share(1, _other), Share(2, PublicKey(102), index: 1, cluster: 2)];

        var plan = Plan([Share(1, _validator, index: 1), Share(2, PublicKey(102), index: 1)], held, rebind: true);

        Assert.Empty(Codes(plan));
        Assert.Equal(held, plan.Rebound.Values);
        Assert.Empty(plan.Moved);
    }

    [Fact]
    public void What_a_share_was_bound_to_does_not_count_once_it_is_bound_anew() =>
        Assert.Empty(Codes(Plan([Share(1, _other, index: 1), Share(2, _validator, index: 1)], [Share(1, _validator)], rebind: true)));

    [Fact]
    public void One_that_is_bound_meets_the_other_shares_of_its_validator() =>
        Assert.Equal(
            ["second_share_of_group"],
            Codes(Plan([Share(1, _validator, index: 1)], [Share(1, null), Share(2, _validator, index: 1)]))
        );

    [Fact]
    public void One_that_gives_way_is_bound_and_nothing_else_is_asked()
    {
        Yielding.Add(PublicKey(1));

        var plan = Plan([Share(1, _validator, index: 1), Share(2, _validator, index: 2)], [Share(1, _validator)]);

        Assert.Empty(Codes(plan));
        Assert.Equal([PublicKey(1)], plan.Bound);
    }

    [Fact]
    public void The_whole_key_does_not_come_beside_a_share()
    {
        Assert.Equal(["whole_key_of_held_group"], Codes(Plan([Bare(_validator)], [Share(1, _validator)])));
        Assert.Equal(["whole_key_of_held_group"], Codes(Plan([Share(1, _validator), Bare(_validator)], [])));
        Assert.Equal(["whole_key_of_held_group", "group_held_as_whole_key"], Codes(Plan([Bare(_validator), Share(1, _validator)], [])));
    }

    [Fact]
    public void A_share_does_not_come_beside_the_whole_key()
    {
        Assert.Equal(["group_held_as_whole_key"], Codes(Plan([Share(1, _validator)], [_whole])));
        Assert.Empty(Codes(Plan([Share(1, _other)], [_whole])));
    }

    [Fact]
    public void A_whole_key_is_no_share_of_itself()
    {
        Assert.Empty(Codes(Plan([_whole], [])));
        Assert.Equal(["already_held"], Codes(Plan([_whole], [_whole], replace: true)));
    }

    [Fact]
    public void Shares_of_two_operators_of_one_cluster_do_not_come_together()
    {
        Assert.Equal(["other_operator"], Codes(Plan([Share(2, _other, index: 2)], [Share(1, _validator, index: 1)])));
        Assert.Equal(["other_operator", "other_operator"], Codes(Plan([Share(1, _validator, index: 1), Share(2, _other, index: 2)], [])));
        Assert.Empty(Codes(Plan([Share(2, _other, index: 1)], [Share(1, _validator, index: 1)])));
        Assert.Empty(Codes(Plan([Share(2, _other, index: 2, cluster: 2)], [Share(1, _validator, index: 1)])));
    }

    [Fact]
    public void The_index_of_a_share_that_leaves_it_counts_no_more_but_that_of_others_does()
    {
        var moved = Share(1, _validator, index: 2);
        var former = Share(1, _validator, index: 1);

        Assert.Empty(Codes(Plan([moved], [former], rebind: true)));
        Assert.Equal(["other_operator"], Codes(Plan([moved], [former, Share(2, _other, index: 1)], rebind: true)));
    }

    [Fact]
    public void A_second_share_of_a_validator_is_refused_and_one_that_does_not_sign_does_not_count()
    {
        Assert.Equal(["second_share_of_group"], Codes(Plan([Share(2, _validator)], [Share(1, _validator)])));
        Assert.Equal(["second_share_of_group", "second_share_of_group"], Codes(Plan([Share(1, _validator), Share(2, _validator)], [])));
        Assert.Empty(Codes(Plan([Share(2, _validator)], [Share(1, _validator)], state: KeyState.Retired)));
    }

    [Fact]
    public void A_bare_share_that_a_document_lists_is_a_share_of_its_validator()
    {
        Siblings.Add(PublicKey(2), _validator);

        Assert.Equal(["second_share_of_group"], Codes(Plan([Bare(PublicKey(2))], [Share(1, _validator)])));
        Assert.Empty(Codes(Plan([Bare(PublicKey(3))], [Share(1, _validator)])));
    }

    [Fact]
    public void A_share_takes_the_place_of_one_of_another_document()
    {
        foreach (var held in new[] { Share(1, _validator), Share(1, _validator, index: 1, cluster: 2) })
        {
            var plan = Plan([Share(2, _validator, index: 1)], [held], replace: true);

            Assert.Empty(Codes(plan));
            Assert.Equal([PublicKey(1)], plan.Replaced);
            Assert.Equal([PublicKey(2)], plan.Replacing);
        }
    }

    [Fact]
    public void A_share_does_not_take_the_place_of_one_of_its_own_document_nor_of_one_that_is_only_offered()
    {
        var same = Plan([Share(2, _validator, index: 1)], [Share(1, _validator, index: 1)], replace: true);
        var offered = Plan([Share(1, _validator, index: 1), Share(2, _validator, index: 1, cluster: 2)], [], replace: true);

        Assert.Equal(["second_share_of_group"], Codes(same));
        Assert.Equal(["second_share_of_group", "second_share_of_group"], Codes(offered));
        Assert.Empty(same.Replaced.Concat(offered.Replaced));
    }

    private static VaultListing.Share Share(int key, BlsPublicKey? group, ulong? index = null, int cluster = 1) =>
        new(
            PublicKey(key),
            group,
            index is { } at ? new ClusterMembership(at, 3, 4, Root(cluster), ShareProvenance.LockFile) : null,
            $"share {key}"
        );

    private static VaultListing.Share Bare(BlsPublicKey key) => new(key, null, null, "bare");

    private static string[] Codes(ImportPlan plan) => [.. plan.Refusals.Select(refusal => refusal.Code)];

    private ImportPlan Plan(
        VaultListing.Share[] offered,
        VaultListing.Share[] held,
        bool replace = false,
        bool rebind = false,
        KeyState state = KeyState.Active
    ) =>
        new(
            offered,
            HeldShares.Of(new VaultListing(Guid.Empty, 1, [], held, true), held.ToDictionary(share => share.ShareKey, _ => state)),
            new OwnShares(null, _ => null) { Replace = replace, Rebind = rebind },
            Siblings,
            Yielding
        );
}
