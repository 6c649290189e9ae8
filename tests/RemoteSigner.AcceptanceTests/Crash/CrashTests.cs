using System.Security.Cryptography;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>kill -9 between two steps of the path of a sign request, under load: a crash may cost a duty, never a slashing.</summary>
public sealed class CrashTests(CrashScene scene, ITestOutputHelper output) : IClassFixture<CrashScene>
{
    private const int Lives = 8;

    // What a duty's way through the kernel is made of: the pages of its record and audit entry, the commit, the answer. Counted for each thread.
    private static readonly SyscallKill[] _kills =
    [
        new("pwrite64", 1), new("pwrite64", 2), new("pwrite64", 3), new("pwrite64", 10), new("pwrite64", 50),
        new("fsync,fdatasync", 1), new("fsync,fdatasync", 2), new("fsync,fdatasync", 5),
        new("sendto,sendmsg", 1), new("sendto,sendmsg", 2), new("sendto,sendmsg", 7),
    ];

    [Fact]
    public async Task Killed_at_any_moment_under_load_it_never_gave_two_conflicting_signatures()
    {
        for (var life = 0; life < Lives; life++)
        {
            await scene.RaceUntilKilledAsync(async signer =>
            {
                await Task.Delay(RandomNumberGenerator.GetInt32(50, 400));
                await signer.KillAsync();
            });
        }

        await EndAsync();
    }

    [Fact]
    public async Task Killed_in_front_of_each_system_call_of_the_path_it_never_gave_two_conflicting_signatures()
    {
        Assert.SkipUnless(SyscallKill.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "strace is not installed, or may not attach: run as root");
        foreach (var kill in _kills)
        {
            await scene.RaceUntilKilledAsync(kill.RunAsync);
        }

        await EndAsync();
    }

    [Fact]
    public void The_check_itself_sees_a_conflict()
    {
        var (network, key) = (Network.Find("hoodi")!, default(BlsPublicKey));
        for (var step = 1; step <= 3; step++)
        {
            var (vote, rival) = Duty.ConflictingVotes(key, network, step);
            var (block, otherBlock) = Duty.ConflictingBlocks(key, network, step);
            var received = new Received();
            Array.ForEach([vote, block, Duty.ConflictingVotes(key, network, step + 1).Item1], duty => received.Add(duty, default));
            Assert.Empty(received.Conflicts());
            Array.ForEach([rival, otherBlock], duty => received.Add(duty, default));
            Assert.Equal(2, received.Conflicts().Count());
        }
    }

    private async Task EndAsync()
    {
        await scene.AskForAllRivalsAsync();
        await scene.HoldAgainstTheLedgerAsync();
        output.WriteLine($"{scene.Received.Duties.Count} signatures received");
        Assert.NotEmpty(scene.Received.Duties);
    }
}
