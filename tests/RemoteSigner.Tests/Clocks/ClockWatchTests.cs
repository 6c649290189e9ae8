using RemoteSigner.Clocks;

namespace RemoteSigner.Tests.Clocks;

public sealed class ClockWatchTests
{
    // Mainnet's: 32 slots of 12 seconds.
    private const long Epoch = 32;

    private static readonly TimeSpan _memory = TimeSpan.FromSeconds(2 * Epoch * 12);

    private readonly SteppedTime _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly ClockWatch _watch;

    public ClockWatchTests() => _watch = new ClockWatch(_time, Epoch, _memory);

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
        _watch.ObserveDuty("vc", -1);

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void One_duty_off_begins_the_confirmation_anew()
    {
        _time.Step(TimeSpan.FromHours(1));
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);
        _watch.ObserveDuty("vc", -300);
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);

        Assert.NotNull(_watch.Doubt);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-33)]
    [InlineData(long.MaxValue)]
    [InlineData(-long.MaxValue)]
    public void Duties_in_a_row_that_are_all_off_to_one_side_speak_against_the_clock(long slotsAhead)
    {
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead);
        Assert.Null(_watch.Doubt);
        _watch.ObserveDuty("vc", slotsAhead);

        Assert.Contains("the last 8 duties", _watch.Doubt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(-Epoch)]
    public void Duties_that_are_late_by_less_than_an_epoch_say_nothing_against_the_clock(long slotsAhead)
    {
        Observe(100, slotsAhead);

        Assert.Null(_watch.Doubt);
        Assert.Null(_watch.DoubtWith("vc", slotsAhead));
    }

    [Fact]
    public void A_late_duty_neither_confirms_the_clock_nor_begins_the_confirmation_anew()
    {
        _time.Step(TimeSpan.FromHours(1));
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);
        Observe(20, slotsAhead: -10);
        Assert.NotNull(_watch.Doubt);
        _watch.ObserveDuty("vc", 0);

        Assert.Null(_watch.Doubt);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(-500)]
    public void One_client_with_a_wrong_clock_raises_no_doubt_where_another_is_served(long slotsAhead)
    {
        _watch.ObserveDuty("right", 0);
        for (var i = 0; i < 500; i++)
        {
            _watch.ObserveDuty("wrong", slotsAhead);
        }

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void One_client_with_a_wrong_clock_keeps_no_doubt_where_another_is_served()
    {
        _time.Step(TimeSpan.FromSeconds(3));
        for (var i = 0; i < 60; i++)
        {
            _watch.ObserveDuty(i % 7 == 0 ? "wrong" : "right", i % 7 == 0 ? 50 : 0);
        }

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void The_greater_number_of_clients_is_believed_however_many_duties_the_others_have()
    {
        Observe(500, slotsAhead: 0);
        foreach (var client in (string[])["a", "b"])
        {
            for (var i = 0; i < ClockWatch.DutiesInARow; i++)
            {
                Assert.Null(_watch.Doubt);
                _watch.ObserveDuty(client, 9);
            }
        }

        Assert.Contains("duties of a, b were all ahead of it, the newest by 9 slots", _watch.Doubt, StringComparison.Ordinal);
        _watch.ObserveDuty("c", 0);
        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void Clients_that_contradict_each_other_say_nothing_about_the_clock()
    {
        for (var i = 0; i < 20; i++)
        {
            _watch.ObserveDuty("early", 50);
            _watch.ObserveDuty("late", -50);
        }

        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void A_client_that_was_not_heard_for_two_epochs_has_no_voice()
    {
        _watch.ObserveDuty("gone", 0);
        _time.Advance(_memory + TimeSpan.FromSeconds(1));
        Observe(ClockWatch.DutiesInARow, slotsAhead: 50);
        Assert.NotNull(_watch.Doubt);

        _time.Advance(_memory + TimeSpan.FromSeconds(1));
        Assert.Null(_watch.Doubt);
    }

    [Fact]
    public void The_duty_that_ends_a_doubt_is_not_doubted_itself()
    {
        Observe(20, slotsAhead: 40);
        Assert.NotNull(_watch.DoubtWith("vc", 40));
        Assert.Null(_watch.DoubtWith("vc", 0));
        _watch.ObserveDuty("vc", 0);

        _time.Step(TimeSpan.FromHours(1));
        Observe(ClockWatch.DutiesInARow - 1, slotsAhead: 0);
        Assert.NotNull(_watch.DoubtWith("another", 0));
        Assert.Null(_watch.DoubtWith("vc", 0));
        Assert.NotNull(_watch.Doubt);
    }

    [Fact]
    public void Asking_counts_nothing()
    {
        _time.Step(TimeSpan.FromHours(1));
        for (var i = 0; i < 50; i++)
        {
            Assert.NotNull(_watch.DoubtWith("vc", 0));
        }

        Assert.NotNull(_watch.Doubt);
    }

    [Fact]
    public void Every_doubt_is_told_once_with_whose_duties_made_it_and_whose_ended_it()
    {
        Observe(ClockWatch.DutiesInARow, slotsAhead: 40);
        var began = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        _watch.ObserveDuty("vc", 0);
        _time.Step(TimeSpan.FromHours(1));
        Observe(ClockWatch.DutiesInARow, slotsAhead: 0);

        var changes = _watch.TakeChanges();

        Assert.Equal([false, true, false, true], changes.Select(change => change.Doubt is null));
        Assert.Equal(began, changes[0].At);
        Assert.Contains("duties of vc were all ahead", changes[0].Doubt, StringComparison.Ordinal);
        Assert.Equal("with a duty of vc", changes[1].Ended);
        Assert.Contains("stepped by 3600.0 s", changes[2].Doubt, StringComparison.Ordinal);
        Assert.Equal("the last 8 duties of vc were on time", changes[3].Ended);
        Assert.Empty(_watch.TakeChanges());
    }

    [Fact]
    public void A_step_that_no_duty_noticed_is_told_all_the_same()
    {
        _time.Step(TimeSpan.FromHours(1));
        Assert.NotNull(Assert.Single(_watch.TakeChanges()).Doubt);
        _time.Step(-TimeSpan.FromHours(1));

        Assert.Equal("the clocks agree again", Assert.Single(_watch.TakeChanges()).Ended);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void However_often_it_changes_what_is_told_is_bounded_and_ends_as_the_clock_is(bool inDoubt)
    {
        for (var i = 0; i < 100; i++)
        {
            Observe(ClockWatch.DutiesInARow, slotsAhead: 40);
            _watch.ObserveDuty("vc", 0);
        }

        Observe(inDoubt ? ClockWatch.DutiesInARow : 0, slotsAhead: 40);
        var changes = _watch.TakeChanges();

        Assert.InRange(changes.Count, 2, 16);
        Assert.Equal(inDoubt, changes[^1].Doubt is not null);
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.NotEqual(pair.First.Doubt is null, pair.Second.Doubt is null));
    }

    [Fact]
    public void The_chain_takes_its_doubt_back_with_the_first_duty_on_time()
    {
        Observe(20, slotsAhead: -40);
        Assert.NotNull(_watch.Doubt);
        _watch.ObserveDuty("vc", 0);

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
            _watch.ObserveDuty("vc", slotsAhead);
        }
    }

    private void Read(double hardware) => _watch.ObserveHardware(new HardwareTime("first", _hardware += TimeSpan.FromSeconds(hardware)));

    private void Pass(double system, double hardware)
    {
        _time.Advance(TimeSpan.FromSeconds(system));
        Read(hardware);
    }
}
