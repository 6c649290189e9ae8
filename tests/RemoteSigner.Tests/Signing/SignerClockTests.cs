using RemoteSigner.Clocks;
using RemoteSigner.Keys;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clocks;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

/// <summary>The clock on the path of a request: which duties it stops, and which of them it learns from.</summary>
public sealed class SignerClockTests : IAsyncLifetime
{
    // Minimal: 8 slots of 6 seconds in an epoch. It is slot 800, the first of epoch 100.
    private static readonly Network _network = TemporarySigner.Minimal with
    {
        GenesisValidatorsRoot = Duties.Root(7),
        GenesisTime = 1_000_000,
    };

    private readonly SteppedTime _time = new(DateTimeOffset.FromUnixTimeSeconds(1_000_000 + (800 * 6)));
    private SigningScene _scene = null!;
    private KeyShare _share = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await SigningScene.CreateAsync(network: _network, time: _time, window: SlotWindow.Default);
        _share = await _scene.AddAsync();
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Votes_that_are_late_by_less_than_an_epoch_are_signed_however_many_there_are()
    {
        _time.Advance(TimeSpan.FromSeconds(7 * 6));
        for (var i = 0; i < 40; i++)
        {
            Assert.IsType<SignOutcome.Signed>(
                await SignAsync(Vote(slot: 800 + (ulong)(i % 5), target: 100), (await _scene.AddAsync()).PublicKey)
            );
        }

        Assert.Null(_scene.Clock.Watch.Doubt);
    }

    [Fact]
    public async Task Replayed_duties_are_signed_again_and_say_nothing_about_the_clock()
    {
        var vote = Vote(800, 100);
        var first = await SignAsync(vote);
        _time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(first, await SignAsync(vote));
        }

        Assert.Null(_scene.Clock.Watch.Doubt);
        Assert.IsType<SignOutcome.Signed>(await SignAsync(Vote(1400, 175)));
    }

    [Fact]
    public async Task New_duties_from_more_than_an_epoch_ago_do_speak_against_the_clock_of_a_signer_with_one_client()
    {
        _time.Advance(TimeSpan.FromHours(1));
        for (var i = 0UL; i < ClockWatch.DutiesInARow - 1; i++)
        {
            Assert.IsType<SignOutcome.Signed>(await SignAsync(Vote(800 + (8 * i), 100 + i)));
        }

        Assert.IsType<SignOutcome.ClockInDoubt>(await SignAsync(Vote(880, 110)));
        Assert.NotNull(_scene.Clock.Watch.Doubt);
    }

    [Fact]
    public async Task While_the_clock_is_in_doubt_what_is_on_record_is_signed_and_what_is_new_is_refused()
    {
        var vote = Vote(800, 100);
        var first = await SignAsync(vote);
        _time.Step(-TimeSpan.FromMinutes(10));

        Assert.Equal(first, await SignAsync(vote));
        Assert.True((await _scene.Signer.EvaluateAsync(SigningScene.Order(_share.PublicKey, vote))).SignedBefore);
        var doubted = Assert.IsType<SignOutcome.ClockInDoubt>(await SignAsync(Vote(808, 101)));
        Assert.Contains("stepped by -600.0 s", doubted.Detail, StringComparison.Ordinal);
        Assert.IsType<SignOutcome.ClockInDoubt>(
            (await _scene.Signer.EvaluateAsync(SigningScene.Order(_share.PublicKey, Vote(808, 101)))).Refusal
        );
        var entry = (await _scene.AuditAsync())[^1];
        Assert.Contains("\"decision\":\"refused\"", entry, StringComparison.Ordinal);
        Assert.Contains(
            "\"rule\":\"ClockInDoubt\",\"detail\":\"the signer\\u0027s clock is in doubt: it was stepped by -600.0 s\"",
            entry,
            StringComparison.Ordinal
        );

        // It left no record: what was refused for the clock's sake can still be signed when the clock is right.
        _time.Step(TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromSeconds(8 * 6));
        Assert.IsType<SignOutcome.Signed>(await SignAsync(Vote(808, 101, fill: 2)));
    }

    [Fact]
    public async Task Duties_of_an_earlier_time_repeated_do_not_confirm_a_clock_that_was_put_back_to_it()
    {
        var votes = Enumerable.Range(0, 20).Select(i => Vote(800, 100, i + 1)).ToList();
        var shares = new List<KeyShare>();
        foreach (var vote in votes)
        {
            shares.Add(await _scene.AddAsync());
            Assert.IsType<SignOutcome.Signed>(await SignAsync(vote, shares[^1].PublicKey));
        }

        _time.Advance(TimeSpan.FromHours(1));
        _time.Step(-TimeSpan.FromHours(1));
        foreach (var (vote, share) in votes.Zip(shares))
        {
            Assert.IsType<SignOutcome.Signed>(await SignAsync(vote, share.PublicKey));
        }

        Assert.NotNull(_scene.Clock.Watch.Doubt);
    }

    [Fact]
    public async Task After_a_step_new_duties_on_time_confirm_the_clock_though_another_client_disagrees()
    {
        _time.Step(TimeSpan.FromSeconds(3));
        var signed = 0;
        for (var i = 0; i < 20; i++)
        {
            Assert.IsNotType<SignOutcome.Signed>(await SignAsync(Vote(850, 106), (await _scene.AddAsync()).PublicKey, "admin"));
            signed += await SignAsync(Vote(800, 100), (await _scene.AddAsync()).PublicKey) is SignOutcome.Signed ? 1 : 0;
        }

        Assert.Equal(20 - ClockWatch.DutiesInARow + 1, signed);
        Assert.Null(_scene.Clock.Watch.Doubt);
    }

    [Fact]
    public async Task Far_future_duties_are_refused_and_leave_no_record()
    {
        Assert.IsType<SignOutcome.OutsideSlotWindow>(await SignAsync(Vote(800, 102)));
        Assert.Contains("OutsideSlotWindow", (await _scene.AuditAsync())[^1], StringComparison.Ordinal);

        Assert.IsType<SignOutcome.Signed>(await SignAsync(Vote(800, 100)));
    }

    [Fact]
    public async Task A_batch_is_held_against_the_clock_as_its_duties_would_be_one_by_one()
    {
        var vote = Vote(800, 100);
        Assert.IsType<SignOutcome.Signed>(await SignAsync(vote));
        _time.Step(-TimeSpan.FromMinutes(10));
        var other = await _scene.AddAsync();

        var outcomes = await _scene.Signer.SignAllAsync([
            SigningScene.Order(_share.PublicKey, vote),
            SigningScene.Order(other.PublicKey, vote),
            SigningScene.Order(other.PublicKey, Randao()),
        ]);

        Assert.IsType<SignOutcome.Signed>(outcomes[0]);
        Assert.IsType<SignOutcome.ClockInDoubt>(outcomes[1]);
        Assert.IsType<SignOutcome.Signed>(outcomes[2]);
    }

    private Task<SignOutcome> SignAsync(SignableMessage message, BlsPublicKey? key = null, string client = "vc") =>
        _scene.Signer.SignAsync(SigningScene.Order(key ?? _share.PublicKey, message, client));

    private static RandaoReveal Randao() => new(new Epoch(100), new ForkInfo(default, default, default, Duties.Root(7)));

    private static Attestation Vote(ulong slot, ulong target, int fill = 1) =>
        new(
            new AttestationData(
                new Slot(slot),
                0,
                Duties.Root(fill),
                new Checkpoint(new Epoch(target - 1), default),
                new Checkpoint(new Epoch(target), default)
            ),
            new ForkInfo(default, default, default, Duties.Root(7))
        );
}
