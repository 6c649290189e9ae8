using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

public sealed class SlashingProtectionTests
{
    private static readonly Network _unknown = TemporarySigner.Minimal with { GenesisValidatorsRoot = null };

    [Fact]
    public async Task Grants_a_first_block_and_the_same_block_again()
    {
        await using var signer = await SignerWithAsync(Key(1));

        var first = Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1)));
        var again = Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1)));

        Assert.False(first.AlreadySigned);
        Assert.True(again.AlreadySigned);
        Assert.Equal((Key(1).PublicKey, Message(Block(10), Root(1)).SigningRoot), (first.Permit.PublicKey, first.Permit.SigningRoot));
    }

    [Fact]
    public async Task Refuses_a_second_block_for_the_same_slot()
    {
        await using var signer = await SignerWithAsync(Key(1));
        await signer.RequestAsync(Key(1), Block(10), Root(1));

        Assert.Equal(SlashingRule.DoubleProposal, RuleOf(await signer.RequestAsync(Key(1), Block(10), Root(2))));
    }

    [Fact]
    public async Task Refuses_a_block_below_the_first_one()
    {
        await using var signer = await SignerWithAsync(Key(1));
        await signer.RequestAsync(Key(1), Block(10), Root(1));

        Assert.Equal(SlashingRule.BlockBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(1), Block(9), Root(2))));
    }

    [Theory]
    [InlineData(3, 5, SlashingRule.DoubleVote)]
    [InlineData(4, 3, SlashingRule.SourceAfterTarget)]
    [InlineData(1, 9, SlashingRule.SourceBelowLowWatermark)]
    [InlineData(2, 2, SlashingRule.TargetBelowLowWatermark)]
    [InlineData(2, 9, SlashingRule.SurroundingVote)]
    [InlineData(4, 7, SlashingRule.SurroundedVote)]
    [InlineData(9, ulong.MaxValue, SlashingRule.NumberOutOfRange)]
    public async Task Refuses_a_vote_that_collides(ulong source, ulong target, SlashingRule rule)
    {
        await using var signer = await SignerWithAsync(Key(1));
        await signer.RequestAsync(Key(1), Vote(2, 3), Root(1));
        await signer.RequestAsync(Key(1), Vote(3, 5), Root(2));
        await signer.RequestAsync(Key(1), Vote(3, 8), Root(3));

        Assert.Equal(rule, RuleOf(await signer.RequestAsync(Key(1), Vote(source, target), Root(9))));
    }

    [Fact]
    public async Task Ten_threads_with_two_conflicting_votes_have_one_winner()
    {
        await using var signer = await SignerWithAsync(Key(1));
        for (var epoch = 1UL; epoch <= 20; epoch++)
        {
            var vote = Vote(epoch - 1, epoch);
            var decisions = await Task.WhenAll(
                Enumerable.Range(0, 10).Select(i => Task.Run(() => signer.RequestAsync(Key(1), vote, Root(i % 2))))
            );

            var roots = decisions.OfType<PermitDecision.Granted>().Select(granted => granted.Permit.SigningRoot).Distinct();
            Assert.Single(roots);
            Assert.Equal(5, decisions.Count(decision => RuleOf(decision) == SlashingRule.DoubleVote));
        }
    }

    [Fact]
    public async Task Refuses_another_chain_than_the_configured_one()
    {
        await using var signer = await SignerWithAsync(Key(1));

        Assert.Equal(
            SlashingRule.WrongGenesisValidatorsRoot,
            RuleOf(await signer.RequestAsync(Key(1), Block(10), Root(1), chain: Root(8)))
        );
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(1), chain: Root(7)));
    }

    [Fact]
    public async Task Where_the_configuration_does_not_say_the_chain_a_ledger_that_has_signed_does()
    {
        await using var signer = await SignerWithAsync(Key(1));
        await signer.RequestAsync(Key(1), Block(10), Root(1));
        await signer.CloseAsync();

        await using var ledger = Ledger.Open(signer.Path);
        using var slashing = await SlashingProtection.OpenAsync(ledger, _unknown);

        Assert.Equal(Root(7), slashing.Chain);
        Assert.Equal(
            SlashingRule.WrongGenesisValidatorsRoot,
            RuleOf(await TemporarySigner.RequestAsync(slashing, Key(1), Message(Block(11), Root(1), chain: Root(8)), (_, _, _) => 1))
        );
        Assert.IsType<PermitDecision.Granted>(
            await TemporarySigner.RequestAsync(slashing, Key(1), Message(Block(11), Root(1)), (_, _, _) => 1)
        );
    }

    [Fact]
    public async Task Where_nobody_says_the_chain_the_ledger_is_not_opened_so_that_no_message_can_decide_it()
    {
        await using var signer = await SignerWithAsync(Key(1));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), SlashableContent.None.Instance, Root(1)));

        var refused = await Assert.ThrowsAsync<LedgerException>(() => SlashingProtection.OpenAsync(signer.Ledger, _unknown));

        Assert.Equal(LedgerFault.ChainUnknown, refused.Fault);
        Assert.Contains("network.genesisValidatorsRoot", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_to_open_a_ledger_that_is_pinned_to_another_chain()
    {
        await using var signer = await SignerWithAsync(Key(1));
        await signer.RequestAsync(Key(1), Block(10), Root(1), chain: Root(7));

        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            SlashingProtection.OpenAsync(signer.Ledger, TemporarySigner.Minimal with { GenesisValidatorsRoot = Root(8) })
        );

        Assert.Equal(LedgerFault.Foreign, refused.Fault);
    }

    [Fact]
    public async Task Grants_nothing_when_the_anchor_fails()
    {
        await using var signer = await SignerWithAsync(Key(1));

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            signer.RequestAsync(Key(1), Message(Block(10), Root(1)), (_, _, _) => throw new InvalidOperationException("no evidence"))
        );

        var other = Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(10), Root(2)));
        Assert.False(other.AlreadySigned);
    }

    [Fact]
    public async Task Asks_the_message_itself_for_its_root()
    {
        await using var signer = await SignerWithAsync(Key(1));
        var vote = new AttestationData(
            new Slot(17),
            0,
            Root(1),
            new Checkpoint(new Epoch(1), Root(2)),
            new Checkpoint(new Epoch(2), Root(3))
        );
        var message = new Attestation(vote, new ForkInfo(default, default, default, Root(7)));

        var granted = Assert.IsType<PermitDecision.Granted>(
            await signer.RequestAsync(Key(1), message.WithRoot(signer.Network), signer.Anchor(Key(1), message.Slashable))
        );

        Assert.Equal(message.SigningRoot(signer.Network), granted.Permit.SigningRoot);
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(1), message.Slashable, Root(9), chain: Root(7))));
    }

    [Fact]
    public async Task Gives_leave_for_harmless_duties_to_active_keys_only()
    {
        await using var signer = await SignerWithAsync(Key(1));

        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), SlashableContent.None.Instance, Root(1)));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(2), SlashableContent.None.Instance, Root(1))));
    }

    [Fact]
    public async Task A_harmless_duty_of_another_chain_is_refused_too()
    {
        await using var signer = await SignerWithAsync(Key(1));

        Assert.Equal(
            SlashingRule.WrongGenesisValidatorsRoot,
            RuleOf(await signer.RequestAsync(Key(1), SlashableContent.None.Instance, Root(1), chain: Root(8)))
        );
    }

    private static async Task<TemporarySigner> SignerWithAsync(ProtectedKey key, Network? network = null)
    {
        var signer = await TemporarySigner.CreateAsync(network);
        Assert.IsType<Registration.Enrolled>(await signer.Slashing.RegisterAsync(key, DeclaredHistory.NeverSigned));
        return signer;
    }
}
