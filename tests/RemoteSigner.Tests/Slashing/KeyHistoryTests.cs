using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

public sealed class KeyHistoryTests
{
    [Fact]
    public async Task A_new_share_of_a_known_group_inherits_its_history()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1, group: 9), Block(10), Root(1));

        Assert.Equal(new Registration.Enrolled(), await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.FromHistory));

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(2, group: 9), Block(10), Root(2))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(2, group: 9), Block(10), Root(1)));
    }

    [Fact]
    public async Task Learning_the_group_key_joins_both_histories_under_the_higher_low_watermarks()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Vote(1, 4), Root(1));
        await signer.RequestAsync(Key(1), Vote(4, 9), Root(2));
        await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(2, group: 9), Vote(3, 6), Root(3));
        await signer.RequestAsync(Key(2, group: 9), Vote(6, 8), Root(4));

        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1, group: 9), Vote(9, 10), Root(5))));
        await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory);

        foreach (var key in new[] { Key(1, group: 9), Key(2, group: 9) })
        {
            Assert.Equal(SlashingRule.SourceBelowLowWatermark, RuleOf(await signer.RequestAsync(key, Vote(2, 20), Root(9))));
            Assert.Equal(SlashingRule.TargetBelowLowWatermark, RuleOf(await signer.RequestAsync(key, Vote(3, 5), Root(9))));
            Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(key, Vote(7, 8), Root(9))));
            Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(key, Vote(7, 9), Root(9))));
            Assert.Equal(SlashingRule.SurroundingVote, RuleOf(await signer.RequestAsync(key, Vote(4, 20), Root(9))));
        }

        var validator = Assert.Single(await signer.Slashing.StatusAsync());
        Assert.Equal(3, validator.Keys.Count);
    }

    [Fact]
    public async Task After_two_histories_were_joined_no_share_repeats_what_the_other_one_signed()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Vote(0, 1), Root(1));
        await signer.RequestAsync(Key(1), Vote(2, 10), Root(1));
        await signer.RequestAsync(Key(1), Block(20), Root(1));
        await signer.RequestAsync(Key(1), Block(90), Root(1));
        await signer.RequestAsync(Key(2, group: 9), Vote(1, 4), Root(2));
        await signer.RequestAsync(Key(2, group: 9), Vote(3, 9), Root(2));
        await signer.RequestAsync(Key(2, group: 9), Block(20), Root(2));
        await signer.Slashing.PruneAsync(keepEpochs: 2);

        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1, group: 9), Vote(3, 9), Root(2))));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1, group: 9), Block(20), Root(2))));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(2, group: 9), Vote(2, 10), Root(1))));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(2, group: 9), Block(90), Root(1))));
        Assert.IsType<RemoteSigner.Audit.AuditVerification.Intact>(await RemoteSigner.Audit.AuditVerifier.VerifyAsync(signer.Ledger));
    }

    [Fact]
    public async Task Joined_with_a_history_that_has_no_record_a_share_repeats_what_it_signed()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Block(20), Root(1));

        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1, group: 9), Block(20), Root(1)));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(2, group: 9), Block(20), Root(2))));
        var histories = await signer.Ledger.WriteAsync(transaction =>
        {
            var row = transaction.Statement("SELECT count(*) FROM validator");
            _ = row.Step();
            return row.Number(0);
        });
        Assert.Equal(1, histories);
    }

    [Fact]
    public async Task Joined_with_another_history_the_higher_low_watermarks_hold()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.NeverSigned);
        await signer.Slashing.RaiseLowWatermarkAsync(new Slot(50), new Epoch(60), [PublicKey(1)]);
        await signer.Slashing.RaiseLowWatermarkAsync(new Slot(20), new Epoch(30), [PublicKey(2)]);

        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        Assert.Equal(SlashingRule.BlockBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(2, group: 9), Block(40), Root(1))));
        Assert.Equal(SlashingRule.SourceBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(2, group: 9), Vote(59, 61), Root(1))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(2, group: 9), Block(51), Root(1)));
    }

    [Fact]
    public async Task A_share_that_has_no_record_takes_nothing_from_the_history_that_it_joins()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(2, group: 9), Block(20), Root(1));

        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(2, group: 9), Block(20), Root(1)));
    }

    [Fact]
    public async Task A_key_without_history_needs_an_explicit_low_watermark()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        Assert.IsType<Registration.NoLowWatermark>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1), Block(1), Root(1))));
        Assert.Equal(new Registration.Enrolled(), await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(0), Root(1)));
    }

    [Fact]
    public async Task A_key_that_never_signed_here_needs_its_low_watermark_stated_again()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.NeverSigned);

        Assert.IsType<Registration.NoLowWatermark>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory));
        Assert.IsType<Registration.NoLowWatermark>(await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.FromHistory));
        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned));
    }

    [Fact]
    public async Task Never_signed_is_refused_where_there_is_history_or_a_low_watermark()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAllAsync([Key(1, group: 9), Key(3)], DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1, group: 9), Block(10), Root(1));
        await signer.Slashing.RaiseLowWatermarkAsync(slot: null, new Epoch(5), [PublicKey(3)]);

        Assert.IsType<Registration.HasHistory>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned));
        Assert.IsType<Registration.HasHistory>(await signer.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.NeverSigned));
        Assert.IsType<Registration.HasHistory>(await signer.Slashing.RegisterAsync(Key(3), DeclaredHistory.NeverSigned));

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(10), Root(2))));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(2, group: 9), Block(11), Root(2))));
    }

    [Fact]
    public async Task Registers_all_keys_or_none_and_names_the_first_that_is_refused()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(3), DeclaredHistory.NeverSigned);
        await signer.Slashing.RetireAsync(PublicKey(3));

        var refused = await signer.Slashing.RegisterAllAsync([Key(1), Key(2, group: 9), Key(3), Key(9)], DeclaredHistory.NeverSigned);

        Assert.Equal(new RefusedRegistration(Key(3), new Registration.WasRetired()), refused);
        Assert.Equal(PublicKey(3), Assert.Single(Assert.Single(await signer.Slashing.StatusAsync()).Keys).PublicKey);
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1), Block(1), Root(1))));
        Assert.Null(await signer.Slashing.RegisterAllAsync([Key(1), Key(2, group: 9), Key(4, group: 9)], DeclaredHistory.NeverSigned));
        await signer.ReopenAsync();
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(1), Root(1)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(4, group: 9), Block(1), Root(1)));
    }

    [Fact]
    public async Task A_retired_key_stays_refused_with_its_history_until_it_is_allowed_and_brought_in_again()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Block(10), Root(1));

        Assert.True(await signer.Slashing.RetireAsync(Key(1).PublicKey));
        await signer.ReopenAsync();

        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1), Block(11), Root(1))));
        Assert.IsType<Registration.WasRetired>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory));
        Assert.IsType<Registration.WasRetired>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned));
        Assert.True(await signer.Slashing.AllowAgainAsync(Key(1).PublicKey));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1), Block(11), Root(1))));
        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.FromHistory));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(10), Root(2))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(11), Root(1)));
        Assert.False(await signer.Slashing.RetireAsync(PublicKey(77)));
    }

    [Fact]
    public async Task A_share_cannot_change_its_group_and_a_group_key_cannot_sign()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.NeverSigned);

        Assert.IsType<Registration.OtherGroup>(await signer.Slashing.RegisterAsync(Key(1, group: 8), DeclaredHistory.NeverSigned));
        Assert.IsType<Registration.OtherGroup>(await signer.Slashing.RegisterAsync(Key(9), DeclaredHistory.NeverSigned));
        Assert.IsType<Registration.OtherGroup>(await signer.Slashing.RegisterAsync(Key(3, group: 1), DeclaredHistory.NeverSigned));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(9), Block(1), Root(1))));
    }

    [Fact]
    public async Task History_imported_before_the_key_holds_for_the_share_and_its_group()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1, group: 9), Block(10), Root(1));
        await using var moved = await signer.MoveAsync(InterchangeReading.LowWatermarksAtLowest);

        Assert.IsType<Registration.Enrolled>(await moved.Slashing.RegisterAsync(Key(2, group: 9), DeclaredHistory.FromHistory));
        Assert.IsType<Registration.Enrolled>(await moved.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await moved.RequestAsync(Key(1, group: 9), Block(10), Root(2))));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await moved.RequestAsync(Key(2, group: 9), Block(10), Root(2))));
        Assert.Single(await moved.Slashing.StatusAsync());
    }

    [Fact]
    public async Task A_whole_key_that_ended_becomes_the_group_key_of_its_shares_with_its_history_and_never_signs_again()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(9), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(9), Block(10), Root(1));
        Assert.IsType<Registration.OtherGroup>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));

        await signer.Slashing.RetireAsync(PublicKey(9));

        Assert.IsType<Registration.HasHistory>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.NeverSigned));
        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(Key(1, group: 9), DeclaredHistory.FromHistory));
        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1, group: 9), Block(10), Root(2))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1, group: 9), Block(11), Root(2)));
        Assert.False(await signer.Slashing.AllowAgainAsync(PublicKey(9)));
        Assert.IsType<Registration.OtherGroup>(await signer.Slashing.RegisterAsync(Key(9), DeclaredHistory.FromHistory));
    }

    [Fact]
    public async Task A_key_that_was_released_comes_in_again_with_its_history_and_a_low_watermark_at_now()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.RequestAsync(Key(1), Vote(3, 4), Root(1));
        await signer.Slashing.RetireAsync([PublicKey(1)], KeyEnd.Released, (_, _) => 1);
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1), Vote(3, 4), Root(1))));
        await signer.Slashing.FinishRetiringAsync([PublicKey(1)], (_, _) => 1);

        var now = new StartingPoint(new Slot(80), new Epoch(9), new Epoch(10));
        Assert.Empty(
            (await signer.Slashing.EnrolAsync(new KeyRegistration([(Key(1), DeclaredHistory.FromNow)]) { From = now }, (_, _) => 1)).Refused
        );
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(1), Vote(10, 11), Root(1))));
        await signer.Slashing.TurnAsync(new KeyTurn([PublicKey(1)]), (_, _) => 1);

        Assert.Equal(SlashingRule.TargetBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Vote(9, 10), Root(1))));
        Assert.Equal(SlashingRule.BlockBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Block(80), Root(1))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Vote(9, 11), Root(1)));
    }

    [Fact]
    public async Task Validators_do_not_stand_in_each_others_way()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await signer.Slashing.RegisterAsync(Key(2), DeclaredHistory.NeverSigned);

        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1)));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(2), Block(10), Root(2)));
        Assert.Equal(new Slot(10), (await signer.Slashing.StatusAsync())[0].LowestSlot);
    }
}
