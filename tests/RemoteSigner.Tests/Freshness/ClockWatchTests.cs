using RemoteSigner.Freshness;

namespace RemoteSigner.Tests.Freshness;

public sealed class ClockWatchTests
{
    private readonly SteppedTime _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ClockWatch _watch;

    public ClockWatchTests() => _watch = new ClockWatch(_time);

    [Fact]
    public void Time_that_passes_is_no_step()
    {
        _time.Advance(TimeSpan.FromDays(30));

        Assert.Null(_watch.Doubt);
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    [InlineData(-1.9, false)]
    [InlineData(-2.1, true)]
    [InlineData(-86400, true)]
    public void A_step_in_either_direction_is_doubted_beyond_the_bound(double seconds, bool doubted)
    {
        _time.Step(TimeSpan.FromSeconds(seconds));

        Assert.Equal(doubted, _watch.Doubt is not null);
    }

    [Fact]
    public void Small_steps_add_up()
    {
        for (var i = 0; i < 3; i++)
        {
            _time.Step(TimeSpan.FromSeconds(1));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Contains("stepped by 3.0 s", _watch.Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_is_taken_back_is_forgiven()
    {
        _time.Step(TimeSpan.FromHours(1));
        Assert.NotNull(_watch.Doubt);
        _time.Step(-TimeSpan.FromHours(1));

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void Duties_on_time_after_a_step_confirm_the_clock_and_earlier_ones_do_not()
    {
        Observe(100, slotsAhead: 0);
        _time.Step(TimeSpan.FromHours(1));
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);
        Assert.NotNull(_watch.Doubt);
        _watch.ObserveDuty(-1);

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void One_duty_off_begins_the_confirmation_anew()
    {
        _time.Step(TimeSpan.FromHours(1));
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);
        _watch.ObserveDuty(-300);
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);

        Assert.NotNull(_watch.Doubt);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    [InlineData(long.MaxValue)]
    [InlineData(-long.MaxValue)]
    public void Duties_in_a_row_that_are_all_off_to_one_side_speak_against_the_clock(long slotsAhead)
    {
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead);
        Assert.Null(_watch.Doubt);
        _watch.ObserveDuty(slotsAhead);

        Assert.Contains("the last 8 duties", _watch.Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public void One_client_with_a_wrong_clock_among_others_casts_no_doubt()
    {
        for (var i = 0; i < 20; i++)
        {
            Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 50);
            _watch.ObserveDuty(0);
        }

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void The_chain_takes_its_doubt_back_with_the_first_duty_on_time()
    {
        Observe(20, slotsAhead: -40);
        Assert.NotNull(_watch.Doubt);
        _watch.ObserveDuty(0);

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void Progress_that_differs_from_the_hardware_is_doubted_until_it_agrees()
    {
        Read(0);
        Pass(system: 60, hardware: 60);
        Assert.Null(_watch.Doubt);
        Pass(system: 60, hardware: 90);
        Assert.Contains("60.0 s while the TPM's clock went 90.0 s", _watch.Doubt, StringComparison.Ordinal);
        Pass(system: 60, hardware: 60);
        Assert.NotNull(_watch.Doubt);
        Pass(system: 60, hardware: 30);

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void An_oscillator_that_is_some_per_cent_off_is_no_fault_even_over_a_year()
    {
        Read(0);
        for (var i = 0; i < 1000; i++)
        {
            Pass(system: 600, hardware: 640);
        }

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void A_hardware_clock_that_was_reset_begins_anew()
    {
        Read(0);
        _time.Advance(TimeSpan.FromHours(5));
        _watch.ObserveHardware(new HardwareTime("second", TimeSpan.FromSeconds(1)));

        Assert.Null(_watch.Doubt);
    }

    private TimeSpan _hardware;

    private void Observe(int duties, long slotsAhead)
    {
        for (var i = 0; i < duties; i++)
        {
            _watch.ObserveDuty(slotsAhead);
        }
    }

    private void Read(double hardware) => _watch.ObserveHardware(new HardwareTime("first", _hardware += TimeSpan.FromSeconds(hardware)));

    private void Pass(double system, double hardware)
    {
        _time.Advance(TimeSpan.FromSeconds(system));
        Read(hardware);
    }
}
