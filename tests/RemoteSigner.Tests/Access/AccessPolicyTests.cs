using RemoteSigner.Access;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Access;

/// <summary>Each right of a client is granted by itself, and to nobody else.</summary>
public sealed class AccessPolicyTests
{
    private static readonly BlsPublicKey _key = BlsPublicKey.Parse("0x" + new string('a', 96));
    private static readonly BlsPublicKey _other = BlsPublicKey.Parse("0x" + new string('b', 96));
    private static readonly BlsPublicKey _unknown = BlsPublicKey.Parse("0x" + new string('c', 96));
    private static readonly Client _signs = new("signs", null);
    private static readonly Client _manages = new("manages", null);
    private static readonly Client _ssv = new("ssv", null);
    private static readonly Client _stranger = new("stranger", null);

    private readonly AccessPolicy _policy = new(Clients());

    [Fact]
    public void A_client_that_is_not_named_may_do_nothing()
    {
        Assert.False(_policy.Knows(_stranger));
        Assert.False(_policy.HasDuties(_stranger));
        Assert.False(_policy.MayManageKeys(_stranger));
        Assert.False(_policy.Allows(_stranger, SsvRight.List));
        Assert.False(_policy.Allows(_stranger, _key));
        Assert.False(_policy.Allows(_stranger, DutyType.Block));
        Assert.False(_policy.Allows(_stranger, _key, DutyType.Block));
    }

    [Fact]
    public void Duties_are_those_that_it_names_for_the_keys_that_it_names()
    {
        Assert.True(_policy.Knows(_signs));
        Assert.True(_policy.HasDuties(_signs));
        Assert.True(_policy.Allows(_signs, DutyType.Block));
        Assert.False(_policy.Allows(_signs, DutyType.Deposit));
        Assert.True(_policy.Allows(_signs, _key));
        Assert.False(_policy.Allows(_signs, _other));
        Assert.True(_policy.Allows(_signs, _key, DutyType.Block));
        Assert.False(_policy.Allows(_signs, _key, DutyType.Deposit));
        Assert.False(_policy.Allows(_signs, _other, DutyType.Block));
        Assert.False(_policy.MayManageKeys(_signs));
        Assert.False(_policy.Allows(_signs, SsvRight.Sign));
    }

    [Fact]
    public void Managing_keys_and_ssv_are_rights_of_their_own()
    {
        Assert.False(_policy.HasDuties(_manages));
        Assert.True(_policy.MayManageKeys(_manages));
        Assert.True(_policy.Allows(_manages, _other));
        Assert.False(_policy.Allows(_manages, _other, DutyType.Block));
        Assert.True(_policy.Allows(_ssv, SsvRight.List));
        Assert.False(_policy.Allows(_ssv, SsvRight.Import));
        Assert.False(_policy.MayManageKeys(_ssv));
    }

    [Fact]
    public void A_policy_is_replaced_as_a_whole()
    {
        _policy.Replace(new Dictionary<string, ClientPermissions> { ["stranger"] = new(null, ClientPermissions.AllDuties) });

        Assert.False(_policy.Knows(_signs));
        Assert.True(_policy.Allows(_stranger, _other, DutyType.VoluntaryExit));

        _policy.Replace(new Dictionary<string, ClientPermissions> { ["stranger"] = new(null, [DutyType.Block]) });
        Assert.True(_policy.HasDuties(_stranger));
    }

    [Fact]
    public void Narrowing_takes_away_and_grants_nothing()
    {
        var wider = new ClientPermissions(null, ClientPermissions.AllDuties) { ManagesKeys = true, Ssv = [SsvRight.List, SsvRight.Import] };
        _policy.Narrow(
            new Dictionary<string, ClientPermissions>
            {
                ["signs"] = wider,
                ["ssv"] = wider,
                ["manages"] = new(Selection(_key), [DutyType.Block]),
                ["stranger"] = wider,
            }
        );

        Assert.False(_policy.Knows(_stranger));
        Assert.False(_policy.Allows(_signs, _other));
        Assert.True(_policy.Allows(_signs, _key, DutyType.Block));
        Assert.False(_policy.Allows(_signs, _key, DutyType.Deposit));
        Assert.False(_policy.MayManageKeys(_signs));
        Assert.True(_policy.Allows(_ssv, SsvRight.List));
        Assert.False(_policy.Allows(_ssv, SsvRight.Import));
        Assert.False(_policy.MayManageKeys(_manages));
        Assert.True(_policy.Allows(_manages, _key));
        Assert.False(_policy.Allows(_manages, _other));
        Assert.False(_policy.HasDuties(_manages));
    }

    [Fact]
    public void Who_keeps_a_right_on_both_sides_keeps_it()
    {
        var both = new ClientPermissions(Selection(_key, _other), [DutyType.Block]) { ManagesKeys = true };
        var narrowed = both.Narrowed(both with { Keys = Selection(_key) });

        Assert.True(narrowed.ManagesKeys);
        Assert.Equal([DutyType.Block], narrowed.Duties);
        Assert.True(narrowed.Allows(_key, _ => null));
        Assert.False(narrowed.Allows(_other, _ => null));
        Assert.True((both with { Keys = null }).Narrowed(both with { Keys = null }).Allows(_unknown, _ => null));
    }

    [Fact]
    public void What_moves_stake_or_says_who_holds_it_is_in_no_group_of_everyday()
    {
        DutyType[] stake = [DutyType.VoluntaryExit, DutyType.Deposit];
        DutyType[] never = [DutyType.ClusterLock, DutyType.ExecutionPayloadBid];

        Assert.Equal(Enum.GetValues<DutyType>().Except(stake).Except(never).Order(), ClientPermissions.EverydayDuties.Order());
        Assert.Equal(Enum.GetValues<DutyType>().Except(never).Order(), ClientPermissions.AllDuties.Order());
    }

    private static Dictionary<string, ClientPermissions> Clients() =>
        new()
        {
            ["signs"] = new(Selection(_key), [DutyType.Block, DutyType.Attestation]),
            ["manages"] = new(null, []) { ManagesKeys = true },
            ["ssv"] = new(null, []) { Ssv = [SsvRight.List] },
        };

    private static KeySelection Selection(params BlsPublicKey[] keys) =>
        new(
            keys.Select(key =>
            {
                Assert.True(KeySelector.TryParse(key.ToString(), out var selector));
                return selector;
            })
        );
}
