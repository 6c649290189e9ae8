using System.Security.Cryptography;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>kill -9 between two steps of the path of a sign request, under load: a crash may cost a duty, never a slashing.</summary>
public sealed class CrashTests(CrashScene scene, ITestOutputHelper output) : IClassFixture<CrashScene>
{
    private const int Lives = 8;
    private const int SlowLives = 4;

    // What a duty's way through the kernel is made of: the pages of its record and audit entry, the commit, the answer. Counted for each
    // thread.
    private static readonly (string Names, int Nth)[] _kills =
    [
        ("pwrite64", 1),
        ("pwrite64", 2),
        ("pwrite64", 3),
        ("pwrite64", 10),
        ("pwrite64", 50),
        ("pwrite64", 400),
        ("fsync,fdatasync", 1),
        ("fsync,fdatasync", 2),
        ("fsync,fdatasync", 5),
        ("fsync,fdatasync", 40),
        ("sendto,sendmsg", 1),
        ("sendto,sendmsg", 2),
        ("sendto,sendmsg", 7),
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
        SkipWithoutTracing();
        foreach (var (names, nth) in _kills)
        {
            await scene.RaceUntilKilledAsync(signer => TracedSigner.KillInFrontOfAsync(signer, names, nth));
        }

        await EndAsync();
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_slow_commit_it_never_gave_two_conflicting_signatures()
    {
        SkipWithoutTracing();
        for (var life = 0; life < SlowLives; life++)
        {
            await scene.RaceUntilKilledAsync(signer =>
                TracedSigner.KillOnSlowDiskAsync(
                    signer,
                    TimeSpan.FromMilliseconds(5),
                    TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(200, 600))
                )
            );
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

    private static void SkipWithoutTracing() =>
        Assert.SkipUnless(
            TracedSigner.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true",
            "strace is not installed, or may not attach: run as root"
        );

    private async Task EndAsync()
    {
        await scene.AskForAllRivalsAsync();
        await scene.CompareWithTheLedgerAsync();
        output.WriteLine($"{scene.Received.Duties.Count} signatures received");
        Assert.Contains(scene.Received.Duties, duty => scene.Together.Contains(duty.Key));
        Assert.Contains(scene.Received.Duties, duty => !scene.Together.Contains(duty.Key));
    }
}
