using System.Collections.Frozen;
using RemoteSigner.Access;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Access;

public sealed class KeySelectionTests
{
    private static readonly BlsPublicKey _share = BlsPublicKey.Parse("0x" + new string('a', 96));
    private static readonly BlsPublicKey _group = BlsPublicKey.Parse("0x" + new string('b', 96));
    private static readonly BlsPublicKey _whole = BlsPublicKey.Parse("0x" + new string('c', 96));
    private static readonly BlsPublicKey _stranger = BlsPublicKey.Parse("0x" + new string('d', 96));

    private static readonly FrozenDictionary<BlsPublicKey, KeyTraits> _open = new[]
    {
        new KeyTraits(_share, _group, "keystore-0.json", Root.Parse("0x" + new string('1', 64)), "northern lights", 11),
        new KeyTraits(_whole, null, "wallet/account 1", null, null, null),
    }.ToFrozenDictionary(traits => traits.PublicKey);

    [Theory]
    [InlineData("*", true, true, true)]
    [InlineData("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true, false, false)]
    [InlineData("0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", true, false, false)]
    [InlineData("0xdddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", false, false, true)]
    [InlineData("label:wallet/*", false, true, false)]
    [InlineData("label:wallet/account ?", false, true, false)]
    [InlineData("label:wallet", false, false, false)]
    [InlineData("label:Wallet/*", false, false, false)]
    [InlineData("label:*", true, true, false)]
    [InlineData("cluster:north*", true, false, false)]
    [InlineData("cluster:0x1111*", true, false, false)]
    [InlineData("cluster:*", true, false, false)]
    [InlineData("operator:11", true, false, false)]
    [InlineData("operator:1", false, false, false)]
    [InlineData("*,!cluster:*", false, true, false)]
    [InlineData("!cluster:*,*", false, true, false)]
    [InlineData("*,!cluster:0X1111*", false, true, false)]
    [InlineData("*,!label:nothing", true, true, false)]
    [InlineData("*,!operator:7", true, true, false)]
    [InlineData("*,!0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", false, true, true)]
    [InlineData(
        "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,!operator:11",
        false,
        false,
        false
    )]
    [InlineData("!label:*", false, false, false)]
    [InlineData("", false, false, false)]
    public void A_selection_has_what_its_words_select_and_none_takes_away(string words, bool share, bool whole, bool stranger)
    {
        var selection = Selection(words);

        Assert.Equal((share, whole, stranger), (Allows(selection, _share), Allows(selection, _whole), Allows(selection, _stranger)));
    }

    [Theory]
    [InlineData("label:")]
    [InlineData("cluster:")]
    [InlineData("operator:")]
    [InlineData("operator:x")]
    [InlineData("operator:-1")]
    [InlineData("operator:01")]
    [InlineData("name:x")]
    [InlineData("!!*")]
    [InlineData("**")]
    [InlineData("0x1234")]
    [InlineData(" *")]
    [InlineData("")]
    public void Anything_else_is_no_word(string text) => Assert.False(KeySelector.TryParse(text, out _));

    [Fact]
    public void Where_the_document_of_a_cluster_is_missing_its_name_is_enough_to_take_away_and_not_to_grant()
    {
        var nameless = _open[_share] with { ClusterName = null };

        Assert.True(Selection("*,!cluster:anything").Decide(nameless) is { Denies: true });
        Assert.Null(Selection("cluster:northern*").Decide(nameless));
    }

    [Fact]
    public void A_key_without_a_label_fits_no_label()
    {
        var unlabelled = _open[_whole] with { Label = "" };

        Assert.Null(Selection("label:*").Decide(unlabelled));
        Assert.Null(Selection("cluster:*").Decide(_open[_share] with { ClusterHash = null }));
    }

    [Fact]
    public void What_both_allow_is_less_than_either()
    {
        var both = Selection("*,!operator:11").And(Selection("cluster:*,label:wallet/*"));

        Assert.Equal((false, true, false), (Allows(both, _share), Allows(both, _whole), Allows(both, _stranger)));
        Assert.True(Allows(Selection("cluster:*").And(Selection("operator:11")), _share));
    }

    [Fact]
    public void Of_two_selections_the_one_that_says_no_decides()
    {
        var (granting, denying, silent) = (Selection("cluster:*"), Selection("*,!operator:11"), Selection("label:nothing"));

        Assert.True(granting.And(denying).Decide(_open[_share]) is { Denies: true });
        Assert.True(denying.And(granting).Decide(_open[_share]) is { Denies: true });
        Assert.Null(granting.And(silent).Decide(_open[_share]));
        Assert.Null(silent.And(denying).Decide(_open[_share]));
        Assert.Null(denying.And(silent).Decide(_open[_share]));
        Assert.True(granting.And(Selection("label:*")).Decide(_open[_share]) is { Denies: false });
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("!*", true)]
    [InlineData("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("!0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("label:*", false)]
    [InlineData("operator:1", false)]
    [InlineData("label:with:colon", false)]
    public void A_word_names_keys_or_asks_what_is_known_of_them(string word, bool names)
    {
        Assert.True(KeySelector.TryParse(word, out var selector));
        Assert.Equal(names, selector.NamesKeys);
    }

    [Fact]
    public void A_pattern_fits_no_key_without_a_label()
    {
        Assert.Null(Selection("label:*").Decide(_open[_share] with { Label = "" }));
        Assert.NotNull(Selection("label:?").Decide(_open[_share] with { Label = "x" }));
    }

    [Fact]
    public void A_share_is_taken_away_by_its_own_key_too() => Assert.False(Allows(Selection($"*,!{_share}"), _share));

    [Fact]
    public void A_policy_asks_what_is_known_of_the_key()
    {
        var policy = new AccessPolicy(
            new Dictionary<string, ClientPermissions> { ["vc"] = new(Selection("cluster:northern*"), ClientPermissions.EverydayDuties) }
        )
        {
            Describe = _open.GetValueOrDefault!,
        };
        var client = new Client("vc", null);

        Assert.True(policy.Allows(client, _share, DutyType.Attestation));
        Assert.False(policy.Allows(client, _share, DutyType.VoluntaryExit));
        Assert.False(policy.Allows(client, _whole, DutyType.Attestation));
        policy.Narrow(new Dictionary<string, ClientPermissions> { ["vc"] = new(Selection("operator:12"), ClientPermissions.AllDuties) });
        Assert.False(policy.Allows(client, _share));
    }

    private static KeySelection Selection(string words) =>
        new(
            words
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(word =>
                {
                    Assert.True(KeySelector.TryParse(word, out var selector), word);
                    return selector;
                })
        );

    private static bool Allows(KeySelection selection, BlsPublicKey key) => selection.Allows(key, _open.GetValueOrDefault!);
}
