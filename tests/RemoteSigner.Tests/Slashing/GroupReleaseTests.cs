using RemoteSigner.Audit;
using RemoteSigner.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>Share 1 signed under group 8, which a forged document had named; its validator is 9.</summary>
public sealed class GroupReleaseTests : IAsyncLifetime
{
    private TemporarySigner _signer = null!;

    public async ValueTask InitializeAsync()
    {
        _signer = await TemporarySigner.CreateAsync();
        await _signer.Slashing.RegisterAsync(Key(1, group: 8), DeclaredHistory.NeverSigned);
        Assert.IsType<PermitDecision.Granted>(await _signer.RequestAsync(Key(1, group: 8), Vote(3, 4), Root(1)));
        Assert.IsType<PermitDecision.Granted>(await _signer.RequestAsync(Key(1, group: 8), Vote(4, 9), Root(2)));
        Assert.IsType<PermitDecision.Granted>(await _signer.RequestAsync(Key(1, group: 8), Block(20), Root(3)));
    }

    public ValueTask DisposeAsync() => _signer.DisposeAsync();

    [Fact]
    public async Task Without_a_word_a_share_stays_with_its_group() =>
        Assert.IsType<Registration.OtherGroup>(await _signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.Continued));

    [Fact]
    public async Task A_share_takes_all_it_has_signed_along()
    {
        Assert.Empty(await RegroupAsync(Key(1, group: 9)));

        await AssertRemembersAsync(_signer, Key(1, group: 9));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await _signer.RequestAsync(Key(1, group: 8), Vote(9, 10), Root(5))));
        Assert.IsType<PermitDecision.Granted>(await _signer.RequestAsync(Key(1, group: 9), Vote(9, 10), Root(5)));
        Assert.Equal(3 + 1, Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_signer.Ledger)).Records);
    }

    [Fact]
    public async Task The_group_it_leaves_keeps_a_copy()
    {
        await RegroupAsync(Key(1, group: 9));

        Assert.IsType<Registration.HasHistory>(await _signer.Slashing.RegisterAsync(Key(2, group: 8), DeclaredHistory.NeverSigned));
        Assert.IsType<Registration.Enrolled>(await _signer.Slashing.RegisterAsync(Key(2, group: 8), DeclaredHistory.FromHistory));
        await AssertRemembersAsync(_signer, Key(2, group: 8), signedHere: false);
    }

    /// <summary>
    /// The validator's own history, made elsewhere or by another share, and that of the share: the union, under the higher low watermarks,
    /// and no share repeats what the other signed.
    /// </summary>
    [Fact]
    public async Task Where_its_validator_has_history_both_count()
    {
        await _signer.Slashing.RegisterAsync(Key(3, group: 9), DeclaredHistory.NeverSigned);
        await _signer.RequestAsync(Key(3, group: 9), Vote(1, 6), Root(7));
        await _signer.RequestAsync(Key(3, group: 9), Vote(5, 8), Root(8));
        await _signer.RequestAsync(Key(3, group: 9), Block(30), Root(9));

        Assert.Empty(await RegroupAsync(Key(1, group: 9)));

        foreach (var key in new[] { Key(1, group: 9), Key(3, group: 9) })
        {
            await AssertRemembersAsync(_signer, key, signedHere: false);
            Assert.Equal(SlashingRule.DoubleVote, RuleOf(await _signer.RequestAsync(key, Vote(5, 8), Root(99))));
            Assert.NotNull(RuleOf(await _signer.RequestAsync(key, Block(30), Root(99))));
            Assert.NotNull(RuleOf(await _signer.RequestAsync(key, Block(20), Root(99))));
            Assert.Equal(SlashingRule.SourceBelowLowWatermark, RuleOf(await _signer.RequestAsync(key, Vote(2, 40), Root(99))));
        }

        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_signer.Ledger));
    }

    [Fact]
    public async Task Where_other_shares_have_signed_under_the_group_too_it_is_refused_and_nothing_changes()
    {
        await _signer.Slashing.RegisterAsync(Key(2, group: 8), DeclaredHistory.FromHistory);
        await _signer.Slashing.RetireAsync(PublicKey(2));

        Assert.IsType<Registration.OtherGroup>(Assert.Single(await RegroupAsync(Key(1, group: 9))).Reason);

        await AssertRemembersAsync(_signer, Key(1, group: 8));
        Assert.DoesNotContain(PublicKey(9), (await _signer.Slashing.GetKeyStatesAsync()).Keys);
    }

    [Fact]
    public async Task A_refusal_of_another_key_leaves_the_share_with_its_group()
    {
        var refused = (
            await _signer.Slashing.EnrolAsync(
                new KeyRegistration([(Key(1, group: 9), DeclaredHistory.Continued), (Key(4), DeclaredHistory.FromHistory)])
                {
                    Regrouped = [PublicKey(1)],
                },
                (_, _) => 1
            )
        ).Refused;

        Assert.Equal(PublicKey(4), Assert.Single(refused).Key.PublicKey);
        await AssertRemembersAsync(_signer, Key(1, group: 8));
    }

    [Fact]
    public async Task A_retired_share_stays_retired()
    {
        await _signer.Slashing.RetireAsync(PublicKey(1));

        Assert.IsType<Registration.WasRetired>(Assert.Single(await RegroupAsync(Key(1, group: 9))).Reason);
    }

    [Fact]
    public async Task A_share_without_a_group_or_with_the_right_one_is_registered_as_ever()
    {
        await _signer.Slashing.RegisterAsync(Key(5), DeclaredHistory.NeverSigned);

        Assert.Empty(await RegroupAsync(Key(5, group: 7)));
        Assert.Empty(await RegroupAsync(Key(1, group: 8)));
        await AssertRemembersAsync(_signer, Key(1, group: 8));
    }

    [Fact]
    public async Task What_is_exported_afterwards_gives_the_same_verdicts_elsewhere()
    {
        await RegroupAsync(Key(1, group: 9));

        await using var other = await _signer.MoveAsync(InterchangeReading.LowWatermarksAtLowest);
        await other.Slashing.RegisterAllAsync([Key(1, group: 9), Key(2, group: 8)], DeclaredHistory.FromHistory);

        await AssertRemembersAsync(other, Key(1, group: 9), signedHere: false);
        await AssertRemembersAsync(other, Key(2, group: 8), signedHere: false);
    }

    private async Task<IReadOnlyList<RefusedRegistration>> RegroupAsync(ProtectedKey key)
    {
        var report = await _signer.Slashing.EnrolAsync(
            new KeyRegistration([(key, DeclaredHistory.Continued)]) { Regrouped = [key.PublicKey] },
            (_, _) => 1
        );
        await _signer.Slashing.TurnAsync(new KeyTurn([key.PublicKey]), (_, _) => 1);
        return report.Refused;
    }

    /// <summary>The same once more is granted only where the audit log has its entry.</summary>
    private static async Task AssertRemembersAsync(TemporarySigner signer, ProtectedKey key, bool signedHere = true)
    {
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(key, Vote(4, 9), Root(99))));
        Assert.NotNull(RuleOf(await signer.RequestAsync(key, Vote(3, 4), Root(99))));
        Assert.Equal(SlashingRule.SurroundingVote, RuleOf(await signer.RequestAsync(key, Vote(3, 50), Root(99))));
        Assert.NotNull(RuleOf(await signer.RequestAsync(key, Block(20), Root(99))));
        Assert.NotNull(RuleOf(await signer.RequestAsync(key, Block(19), Root(99))));
        Assert.Equal(signedHere, await signer.RequestAsync(key, Vote(4, 9), Root(2)) is PermitDecision.Granted);
    }
}
