using Microsoft.Extensions.Logging.Abstractions;
using RemoteSigner.Audit;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using SQLitePCL;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>The disk fails below SQLite, at the moment that counts: when the write-ahead log is written and synced for a COMMIT.</summary>
[Trait("Speed", "slow")]
public sealed class LedgerFaultTests
{
    private const int Keys = 8;

    /// <summary>How the data directory is found by the next start.</summary>
    public enum Restart
    {
        Closed,
        Killed,
        PowerCut,
    }

    [Theory]
    [InlineData(Restart.Closed)]
    [InlineData(Restart.Killed)]
    [InlineData(Restart.PowerCut)]
    public async Task When_the_commit_cannot_be_synced_nobody_in_the_batch_gets_leave_until_the_ledger_was_opened_anew(Restart restart)
    {
        using var disk = new FaultyDisk();
        var signer = await CreateAsync(disk);
        Assert.All(await BatchAsync(signer, Votes(target: 5, root: 1)), decision => Assert.IsType<PermitDecision.Granted>(decision));
        var failures = 1;
        disk.FailSync = file => file == "ledger.db-wal" && failures-- > 0;

        var failed = await BatchAsync(signer, [.. Votes(target: 6, root: 1), .. Votes(target: 6, root: 2)]);

        Assert.All(failed, AssertFailed);
        Assert.Equal(LedgerFault.DiskFailure, signer.Ledger.LastFailure?.Fault);

        // The disk is well again; what it has of the log nobody knows.
        Assert.All(await BatchAsync(signer, Votes(target: 7, root: 1)), AssertFailed);
        Assert.Equal(LedgerFault.DiskFailure, (await Assert.ThrowsAsync<LedgerException>(signer.Ledger.ProbeAsync)).Fault);
        Assert.Equal(
            LedgerFault.DiskFailure,
            (
                await Assert.ThrowsAsync<LedgerException>(() =>
                    signer.Audit.RecordAsync(new AuditEntry { Action = "test", Decision = AuditDecision.Event })
                )
            ).Fault
        );
        Assert.False(await SystemdWatch.AnswersAsync(signer.Ledger, NullLogger.Instance));

        await using var next = await RestartAsync(disk, signer, restart);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(next.Ledger));
        Assert.All(await BatchAsync(next, Votes(target: 5, root: 2)), decision => Assert.Equal(SlashingRule.DoubleVote, RuleOf(decision)));
        Assert.All(await BatchAsync(next, Votes(target: 5, root: 1)), decision =>
            Assert.True(Assert.IsType<PermitDecision.Granted>(decision).AlreadySigned)
        );
        var (one, other) = (await BatchAsync(next, Votes(target: 6, root: 2)), await BatchAsync(next, Votes(target: 6, root: 1)));
        Assert.All(one.Zip(other), pair => Assert.True(pair.First is PermitDecision.Granted ^ pair.Second is PermitDecision.Granted));
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(next.Ledger));
    }

    [Theory]
    [InlineData(raw.SQLITE_IOERR_WRITE, LedgerFault.DiskFailure)]
    [InlineData(raw.SQLITE_FULL, LedgerFault.DiskFull)]
    public async Task When_the_log_cannot_be_written_nobody_in_the_batch_gets_leave_and_nothing_of_it_is_remembered(
        int code,
        LedgerFault fault
    )
    {
        using var disk = new FaultyDisk();
        await using var signer = await CreateAsync(disk);
        Assert.All(await BatchAsync(signer, Votes(target: 5, root: 1)), decision => Assert.IsType<PermitDecision.Granted>(decision));
        disk.FailWrite = (file, _) => file == "ledger.db-wal" ? code : null;

        Assert.All(await BatchAsync(signer, Votes(target: 6, root: 1)), decision => Assert.Equal(fault, FaultOf(decision)));

        disk.FailWrite = (_, _) => null;
        Assert.All(await BatchAsync(signer, Votes(target: 6, root: 2)), decision =>
            Assert.False(Assert.IsType<PermitDecision.Granted>(decision).AlreadySigned)
        );
        Assert.All(await BatchAsync(signer, Votes(target: 6, root: 1)), decision =>
            Assert.Equal(SlashingRule.DoubleVote, RuleOf(decision))
        );
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Ledger));
    }

    /// <summary>The write-ahead log is copied beside the writer, and begins anew although the writer never rests.</summary>
    [Fact]
    public async Task No_commit_waits_for_the_copy_of_the_log_and_the_log_stays_small()
    {
        using var disk = new FaultyDisk();
        await using var signer = await CreateAsync(disk);
        var (beside, longest) = (0, 0L);
        disk.FailSync = file =>
        {
            beside += file == "ledger.db" && !IsWriter ? 1 : 0;
            return false;
        };

        for (var i = 0; i < 150; i++)
        {
            await FillAsync(signer);
            longest = Math.Max(longest, new FileInfo($"{disk.LedgerFile}-wal").Length);
        }

        Assert.InRange(beside, 2, 20);
        Assert.InRange(longest, 16 << 20, 80 << 20);
    }

    /// <summary>
    /// The commits are on disk in the log, and nothing is refused; but the log grows, and whoever looks at the signer's health hears of it.
    /// </summary>
    [Fact]
    public async Task A_log_that_cannot_be_copied_is_told_until_it_can_be_and_stops_nothing()
    {
        using var disk = new FaultyDisk();
        await using var signer = await CreateAsync(disk);
        disk.FailWrite = (file, _) => file == "ledger.db" ? raw.SQLITE_IOERR_WRITE : null;

        await FillUntilAsync(signer, () => signer.Ledger.LastFailure is not null);

        Assert.Equal(LedgerFault.DiskFailure, signer.Ledger.LastFailure?.Fault);
        Assert.All(await BatchAsync(signer, Votes(target: 5, root: 1)), decision => Assert.IsType<PermitDecision.Granted>(decision));
        disk.FailWrite = (_, _) => null;
        await FillUntilAsync(signer, () => signer.Ledger.LastFailure is null);
        Assert.Null(signer.Ledger.LastFailure);
    }

    /// <summary>
    /// Before 3.51.3 a log that one connection began anew while another began to copy it could lose commits (WAL-reset bug).
    /// </summary>
    [Fact]
    public void The_SQLite_that_is_carried_can_copy_beside_the_writer() =>
        Assert.True(raw.sqlite3_libversion_number() >= 3_051_003, raw.sqlite3_libversion().utf8_to_string());

    /// <summary>Whose frames the kernel lost nobody knows: perhaps some of a commit that was under way.</summary>
    [Theory]
    [InlineData("ledger.db-wal")]
    [InlineData("ledger.db")]
    public async Task A_failed_sync_of_the_copy_ends_all_writing_too(string lost)
    {
        using var disk = new FaultyDisk();
        var signer = await CreateAsync(disk);
        Assert.All(await BatchAsync(signer, Votes(target: 5, root: 1)), decision => Assert.IsType<PermitDecision.Granted>(decision));
        using var failed = new ManualResetEventSlim();
        disk.FailSync = file =>
        {
            if (file != lost || IsWriter || failed.IsSet)
            {
                return false;
            }

            failed.Set();
            return true;
        };

        // Whichever write comes after the sync that failed is the first that is told.
        await Assert.ThrowsAsync<LedgerException>(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await FillAsync(signer);
            }
        });
        Assert.True(failed.IsSet);
        Assert.All(await BatchAsync(signer, Votes(target: 1_000_000, root: 1)), AssertFailed);
        Assert.Equal(LedgerFault.DiskFailure, signer.Ledger.LastFailure?.Fault);

        await using var next = await RestartAsync(disk, signer, Restart.PowerCut);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(next.Ledger));
        Assert.All(await BatchAsync(next, Votes(target: 5, root: 2)), decision => Assert.Equal(SlashingRule.DoubleVote, RuleOf(decision)));
        Assert.All(await BatchAsync(next, Votes(target: 1_000_000, root: 2)), decision => Assert.IsType<PermitDecision.Granted>(decision));
    }

    /// <summary>
    /// One fault at every write and every sync that a life of a ledger makes, opening and checkpoint included; then the next life begins
    /// from what is left.
    /// </summary>
    [Theory]
    [InlineData(true, Restart.Killed)]
    [InlineData(true, Restart.PowerCut)]
    [InlineData(false, Restart.Killed)]
    [InlineData(false, Restart.PowerCut)]
    public async Task Wherever_the_disk_fails_no_two_messages_that_collide_get_leave(bool atSync, Restart restart)
    {
        var steps = 0;
        for (var befallen = true; befallen; steps++)
        {
            befallen = await LiveAsync(atSync, steps, restart);
        }

        Assert.InRange(steps, 10, 1000);
    }

    // False when the life was over before the fault's turn came.
    private static async Task<bool> LiveAsync(bool atSync, int step, Restart restart)
    {
        using var disk = new FaultyDisk();
        var left = step;
        bool IsTurn() => left-- == 0;
        disk.FailSync = _ => atSync && IsTurn();
        disk.FailWrite = (_, _) => !atSync && IsTurn() ? raw.SQLITE_IOERR_WRITE : null;
        var granted = new Dictionary<ulong, int>();
        try
        {
            await using (var first = await CreateAsync(disk, keys: 1))
            {
                await AskAsync(first, granted, 1);
            }

            // Opened again: the log of the first life is copied into the file.
            await using var second = await OpenAsync(disk.Folder);
            await AskAsync(second, granted, 4);
            await using var next = await RestartAsync(disk, second, restart);
            await AskAsync(next, granted, 1);
            await AskAsync(next, granted, 7);
        }
        catch (LedgerException) when (left < 0)
        {
            // It does not open, or is not made: nothing is signed then.
        }

        if (left >= 0)
        {
            return false;
        }

        disk.FailSync = _ => false;
        disk.FailWrite = (_, _) => null;
        return true;
    }

    private static bool IsWriter => Thread.CurrentThread.Name == "ledger writer";

    private static async Task FillUntilAsync(TemporarySigner signer, Func<bool> isEnd)
    {
        for (var i = 0; i < 500 && !isEnd(); i++)
        {
            await FillAsync(signer);
        }
    }

    // A MiB in one commit.
    private static Task<int> FillAsync(TemporarySigner signer) =>
        signer.Ledger.WriteAsync(transaction => transaction.Statement("UPDATE probe SET filler = randomblob(1000000)").Execute());

    // Both versions of three votes, in turn; of what was ever granted the other version must not be.
    private static async Task AskAsync(TemporarySigner signer, Dictionary<ulong, int> granted, ulong first)
    {
        for (var target = first; target < first + 3; target++)
        {
            for (var root = 1; root <= 2; root++)
            {
                var decision = Assert.Single(await BatchAsync(signer, [Ask(signer, 0, target, root)]));
                if (decision is PermitDecision.Granted)
                {
                    Assert.True(
                        granted.TryAdd(target, root) || granted[target] == root,
                        $"both versions of the vote for {target} got leave"
                    );
                }
                else if (granted.TryGetValue(target, out var version))
                {
                    Assert.True(version != root || decision is PermitDecision.Failed, $"what got leave is not on record: {decision}");
                }
            }
        }
    }

    private static Func<TemporarySigner, PermitRequest>[] Votes(ulong target, int root) =>
        [.. Enumerable.Range(0, Keys).Select(key => (Func<TemporarySigner, PermitRequest>)(signer => Ask(signer, key, target, root)))];

    private static PermitRequest.Ask Ask(TemporarySigner signer, int key, ulong target, int root)
    {
        var content = Vote(target - 1, target);
        return new PermitRequest.Ask(Key(key), Message(content, Root(root)), signer.Anchor(Key(key), content));
    }

    private static Task<IReadOnlyList<PermitDecision>> BatchAsync(
        TemporarySigner signer,
        Func<TemporarySigner, PermitRequest>[] requests
    ) => BatchAsync(signer, [.. requests.Select(request => request(signer))]);

    private static Task<IReadOnlyList<PermitDecision>> BatchAsync(TemporarySigner signer, IReadOnlyList<PermitRequest> requests) =>
        signer.Slashing.RequestAsync(requests);

    private static void AssertFailed(PermitDecision decision) => Assert.Equal(LedgerFault.DiskFailure, FaultOf(decision));

    private static LedgerFault FaultOf(PermitDecision decision) =>
        Assert.IsType<LedgerException>(Assert.IsType<PermitDecision.Failed>(decision).Fault).Fault;

    private static async Task<TemporarySigner> CreateAsync(FaultyDisk disk, int keys = Keys)
    {
        var signer = await TemporarySigner.CreateAsync(folder: disk.Folder);
        for (var key = 0; key < keys; key++)
        {
            Assert.IsType<Registration.Enrolled>(await signer.RegisterAsync(Key(key)));
        }

        return signer;
    }

    private static Task<TemporarySigner> OpenAsync(string folder) => TemporarySigner.OpenAsync(folder);

    private static async Task<TemporarySigner> RestartAsync(FaultyDisk disk, TemporarySigner signer, Restart restart)
    {
        var folder = restart switch
        {
            Restart.Killed => disk.AfterKill(),
            Restart.PowerCut => disk.AfterPowerCut(),
            _ => disk.Folder,
        };
        await signer.CloseAsync();
        return await OpenAsync(folder);
    }
}
