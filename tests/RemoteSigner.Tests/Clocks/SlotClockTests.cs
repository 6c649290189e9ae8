using RemoteSigner.Clocks;
using RemoteSigner.Spec;
using RemoteSigner.Tests.House;

namespace RemoteSigner.Tests.Clocks;

public sealed class SlotClockTests
{
    private static readonly Network _network = Network.Find("mainnet")!;
    private static readonly Root _chain = _network.GenesisValidatorsRoot!.Value;

    // Slot 3200 is the first of epoch 100.
    private readonly SteppedTime _time = new(
        DateTimeOffset.FromUnixTimeSeconds((long)(_network.GenesisTime!.Value + (3200 * _network.SecondsPerSlot)))
    );

    [Theory]
    [InlineData(3200, 100, true)]
    [InlineData(3202, 100, true)]
    [InlineData(3203, 100, false)]
    [InlineData(3200, 101, true)]
    [InlineData(3200, 102, false)]
    [InlineData(1, 0, true)]
    [InlineData(ulong.MaxValue, 100, false)]
    [InlineData(3200, ulong.MaxValue, false)]
    public void Refuses_votes_from_the_far_future_only(ulong slot, ulong target, bool timely) =>
        Assert.Equal(timely, Clock().Refusal("vc", Vote(slot, target)) is null);

    [Theory]
    [InlineData(3202, true)]
    [InlineData(3203, false)]
    public void Refuses_blocks_from_the_far_future(ulong slot, bool timely) =>
        Assert.Equal(timely, Clock().Refusal("vc", Block(slot)) is null);

    [Fact]
    public void Moves_with_the_time()
    {
        var clock = Clock();
        Assert.NotNull(clock.Refusal("vc", Block(3203)));
        _time.Advance(TimeSpan.FromSeconds(12));

        Assert.Equal(new Slot(3201), clock.Now);
        Assert.Null(clock.Refusal("vc", Block(3203)));
    }

    [Fact]
    public void Blames_the_duty_when_the_clock_is_sound_and_the_clock_when_it_is_not()
    {
        var clock = Clock();
        Assert.False(clock.Refusal("vc", Block(3300))!.ClockInDoubt);
        _time.Step(TimeSpan.FromHours(1));

        Assert.True(clock.Refusal("vc", Block(3500))!.ClockInDoubt);
        Assert.Contains("stepped by 3600.0 s", clock.Refusal("vc", Vote(3500, 109))!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_duty_that_cannot_be_slashed_does_not_ask_the_clock()
    {
        var clock = Clock();
        _time.Step(TimeSpan.FromHours(1));

        Assert.Null(clock.Refusal("vc", new RandaoReveal(new Epoch(100), Fork())));
    }

    [Theory]
    [InlineData(3202, 3231, true)]
    [InlineData(3203, 3263, false)]
    public void Duties_of_Gloas_are_not_signed_long_before_their_time(ulong slot, ulong proposal, bool timely)
    {
        SignableMessage[] now =
        [
            new PayloadAttestation(default, new Slot(slot), PayloadPresent: true, BlobDataAvailable: true, Fork()),
            Gloas.Envelope(new Slot(slot), Fork()),
            Gloas.Bid(new Slot(slot), Fork()),
        ];
        SignableMessage[] soon =
        [
            new ProposerPreferences(default, new Slot(proposal), 7, default, 0, Fork()),
            new BuilderRequestAuth([1], new Slot(proposal)),
        ];

        Assert.All(now, message => Assert.Equal(timely, Clock().Refusal("vc", message) is null));
        Assert.All(soon, message => Assert.Null(Clock().Refusal("vc", message)));
        Assert.False(Clock().Refusal("vc", new ProposerPreferences(default, new Slot(3264), 7, default, 0, Fork()))!.ClockInDoubt);
        Assert.False(Clock().Refusal("vc", new BuilderRequestAuth([1], new Slot(3264)))!.ClockInDoubt);
    }

    [Fact]
    public void A_window_needs_a_genesis_time_and_no_window_is_an_explicit_choice()
    {
        var unknown = _network with { GenesisTime = null };

        Assert.Throws<ArgumentException>(() => new SlotClock(unknown, SlotWindow.Default, _time));
        Assert.Null(new SlotClock(unknown, null, _time).Refusal("vc", Block(ulong.MaxValue)));
    }

    [Fact]
    public void Reads_how_far_others_may_have_signed_and_nothing_from_a_clock_in_doubt()
    {
        var clock = Clock();
        Assert.Equal(new ChainTime.Known(new Slot(3200), new Slot(3202), new Epoch(101)), clock.Read());
        Assert.Equal(
            new ChainTime.Known(new Slot(3200), new Slot(long.MaxValue), new Epoch(long.MaxValue)),
            new SlotClock(_network, new SlotWindow(ulong.MaxValue, ulong.MaxValue), _time).Read()
        );
        Assert.Equal(new ChainTime.Known(new Slot(3200), new Slot(3200), new Epoch(100)), new SlotClock(_network, null, _time).Read());
        Assert.IsType<ChainTime.Unknown>(new SlotClock(_network with { GenesisTime = null }, null, _time).Read());
        _time.Step(-TimeSpan.FromMinutes(5));

        Assert.Contains("stepped by -300.0 s", Assert.IsType<ChainTime.InDoubt>(clock.Read()).Detail, StringComparison.Ordinal);
    }

    private SlotClock Clock() => new(_network, SlotWindow.Default, _time);

    private static Attestation Vote(ulong slot, ulong target) =>
        new(
            new AttestationData(
                new Slot(slot),
                0,
                default,
                new Checkpoint(new Epoch(0), default),
                new Checkpoint(new Epoch(target), default)
            ),
            Fork()
        );

    private static Block Block(ulong slot) => new(new Slot(slot), 0, default, default, new BlockBody.RootOnly(default), Fork());

    private static ForkInfo Fork() => new(default, default, new Epoch(0), _chain);
}
