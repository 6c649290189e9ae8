using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Spec;

public sealed class ForkScheduleTests
{
    [Fact]
    public void Refuses_a_schedule_with_a_gap_or_without_genesis()
    {
        Assert.Throws<SpecException>(() => new ForkSchedule());
        Assert.Throws<SpecException>(() => new ForkSchedule(At(Fork.Phase0, 1)));
        Assert.Throws<SpecException>(() => new ForkSchedule(At(Fork.Altair, 0)));
        Assert.Throws<SpecException>(() => new ForkSchedule(At(Fork.Phase0, 0), At(Fork.Bellatrix, 1)));
    }

    [Fact]
    public void Several_forks_may_hold_from_genesis() =>
        Assert.Equal(Fork.Bellatrix, new ForkSchedule(At(Fork.Phase0, 0), At(Fork.Altair, 0), At(Fork.Bellatrix, 0)).At(new Epoch(0)));

    [Fact]
    public void A_fork_the_network_does_not_know_has_no_version() =>
        Assert.Throws<SpecException>(() => new ForkSchedule(At(Fork.Phase0, 0)).VersionOf(Fork.Capella));

    private static ScheduledFork At(Fork fork, ulong epoch) => new(fork, default, new Epoch(epoch));
}
