using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

public sealed class LedgerTests
{
    [Fact]
    public async Task Commits_once_for_all_that_wait()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        var (commits, writes) = (signer.Ledger.Commits, signer.Ledger.Writes);
        using var gate = new ManualResetEventSlim();
        var block = signer.Ledger.WriteAsync(_ =>
        {
            gate.Wait();
            return true;
        });
        var requests = Enumerable.Range(1, 500).Select(i => signer.RequestAsync(Key(1), Block((ulong)i), Root(i))).ToList();

        gate.Set();
        await block;

        Assert.All(await Task.WhenAll(requests), decision => Assert.IsType<PermitDecision.Granted>(decision));
        Assert.InRange(signer.Ledger.Commits - commits, 1, 2);
        Assert.Equal(501, signer.Ledger.Writes - writes);
    }

    [Fact]
    public async Task Concurrent_callers_share_commits()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => signer.Slashing.RegisterAsync(Key(i), DeclaredHistory.NeverSigned)));
        var commits = signer.Ledger.Commits;

        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        for (var slot = 1UL; slot <= 100; slot++)
                        {
                            Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(i), Block(slot), Root(1)));
                        }
                    })
                )
        );

        Assert.InRange(signer.Ledger.Commits - commits, 1, 800);
    }

    [Fact]
    public async Task One_failure_in_a_batch_fails_alone_and_leaves_nothing_behind()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        using var gate = new ManualResetEventSlim();
        var block = signer.Ledger.WriteAsync(_ =>
        {
            gate.Wait();
            return true;
        });
        var before = signer.RequestAsync(Key(1), Block(1), Root(1));
        var failing = signer.RequestAsync(Key(1), Message(Block(2), Root(2)), (transaction, root, verdict) =>
        {
            signer.Anchor(Key(1), Block(2))(transaction, root, verdict);
            throw new InvalidOperationException("after the entry");
        });
        var after = signer.RequestAsync(Key(1), Block(2), Root(3));

        gate.Set();
        await block;

        Assert.IsType<PermitDecision.Granted>(await before);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.IsType<PermitDecision.Granted>(await after);
        Assert.Equal(2, (await signer.Audit.HeadAsync()).Sequence);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Ledger));
    }

    [Fact]
    public async Task A_reader_waits_for_no_writer_and_sees_what_was_committed()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var writing = signer.Ledger.WriteAsync(transaction =>
        {
            var changed = transaction.Statement("UPDATE public_key SET state = 2").Execute();
            inside.Set();
            go.Wait();
            return changed;
        });
        inside.Wait();

        Assert.Equal(KeyState.Active, (await signer.Slashing.GetKeyStatesAsync())[PublicKey(1)]);
        Assert.Single(await signer.Slashing.StatusAsync());
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Ledger));
        await Assert.ThrowsAsync<LedgerException>(() =>
            signer.Ledger.ReadAsync(transaction => transaction.Statement("DELETE FROM public_key").Execute())
        );

        go.Set();
        Assert.Equal(1, await writing);
        Assert.Equal(KeyState.Retired, (await signer.Slashing.GetKeyStatesAsync())[PublicKey(1)]);
    }

    [Fact]
    public async Task Refuses_a_second_owner()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var refused = Assert.Throws<LedgerException>(() => Ledger.Open(signer.Path));

        Assert.Equal(LedgerFault.Locked, refused.Fault);
        Assert.Contains("a signer that runs", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_its_files_from_other_users()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);

        var files = Directory.GetFiles(Path.GetDirectoryName(signer.Path)!);

        Assert.Equal([".ledger.db.lock", "ledger.db", "ledger.db-shm", "ledger.db-wal"], files.Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Never_makes_an_empty_ledger_in_place_of_a_missing_one_nor_over_an_existing_one()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        Assert.Equal(LedgerFault.AlreadyExists, Assert.Throws<LedgerException>(() => Ledger.Create(signer.Path)).Fault);
        Assert.Equal(LedgerFault.Missing, Assert.Throws<LedgerException>(() => Ledger.Open(signer.Path + "2")).Fault);
        Assert.Equal(LedgerFault.Unwritable, Assert.Throws<LedgerException>(() => Ledger.Create("/proc/ledger.db")).Fault);
    }

    [Fact]
    public async Task Refuses_a_file_that_is_no_database_an_empty_one_and_one_of_another_program()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.CloseAsync();
        var folder = Path.GetDirectoryName(signer.Path)!;
        var text = Path.Combine(folder, "text.db");
        await File.WriteAllTextAsync(text, new string('x', 5000));
        var foreign = Path.Combine(folder, "foreign.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={foreign};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE blocks (slot INTEGER)";
            command.ExecuteNonQuery();
        }

        var empty = Path.Combine(folder, "empty.db");
        await File.WriteAllTextAsync(empty, "");

        Assert.Equal(LedgerFault.Corrupt, Assert.Throws<LedgerException>(() => Ledger.Open(text)).Fault);
        Assert.Equal(LedgerFault.Corrupt, Assert.Throws<LedgerException>(() => Ledger.Open(empty)).Fault);
        Assert.Equal(LedgerFault.Foreign, Assert.Throws<LedgerException>(() => Ledger.Open(foreign)).Fault);
        await signer.ReopenAsync();
    }

    [Fact]
    public async Task Refuses_tables_of_an_unknown_version()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Ledger.WriteAsync(transaction =>
            transaction.Statement("UPDATE schema_version SET version = 99 WHERE name = 'slashing'").Execute()
        );

        var refused = await Assert.ThrowsAsync<LedgerException>(() => SlashingProtection.OpenAsync(signer.Ledger, signer.Network));

        Assert.Equal(LedgerFault.UnknownVersion, refused.Fault);
    }

    [Fact]
    public async Task The_last_work_sees_all_that_was_taken_and_nothing_comes_after_it()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.RegisterAsync(Key(1));
        var duties = Enumerable.Range(1, 200).Select(slot => signer.RequestAsync(Key(1), Block((ulong)slot), Root(slot))).ToList();

        var blocks = await signer.Ledger.CloseAsync(transaction =>
        {
            var row = transaction.Statement("SELECT count(*) FROM block");
            _ = row.Step();
            return row.Number(0);
        });

        Assert.All(await Task.WhenAll(duties), decision => Assert.IsType<PermitDecision.Granted>(decision));
        Assert.Equal(200, blocks);
        var late = await Assert.ThrowsAsync<LedgerException>(() => signer.RequestAsync(Key(1), Block(300), Root(1)));
        Assert.Equal(LedgerFault.Closed, late.Fault);
        Assert.Equal(LedgerFault.Closed, (await Assert.ThrowsAsync<LedgerException>(() => signer.Ledger.CloseAsync(_ => true))).Fault);
    }

    [Fact]
    public async Task Finds_damaged_pages_when_it_is_opened()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        await Task.WhenAll(Enumerable.Range(1, 2000).Select(i => signer.RequestAsync(Key(1), Block((ulong)i), Root(i))));
        await signer.Ledger.DisposeAsync();
        using (var file = File.OpenWrite(signer.Path))
        {
            for (var page = 12; page < file.Length / 4096; page += 2)
            {
                file.Position = page * 4096;
                file.Write(new byte[512]);
            }
        }

        await using var ledger = Ledger.Open(signer.Path);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => SlashingProtection.OpenAsync(ledger, signer.Network));

        Assert.Equal(LedgerFault.Corrupt, refused.Fault);
        Assert.Contains("backup", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_database_grants_nothing_and_goes_on_when_there_is_room_again()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        var limit = await signer.Ledger.WriteAsync(transaction => Pragma(transaction, "PRAGMA max_page_count = 1"));
        var full = await Assert.ThrowsAsync<LedgerException>(async () =>
        {
            for (var slot = 1UL; slot < 1000; slot++)
            {
                await signer.RequestAsync(Key(1), Block(slot), Root(1));
            }
        });

        Assert.Equal(LedgerFault.DiskFull, full.Fault);
        Assert.InRange(limit, 1, 100);
        await signer.Ledger.WriteAsync(transaction => Pragma(transaction, "PRAGMA max_page_count = 1000000"));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(1001), Root(1)));
        var intact = Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Ledger));
        Assert.Equal(intact.Head.Sequence, intact.Records);
    }

    /// <summary>A file system that is mounted read-only (tmpfs), which needs root.</summary>
    [Fact]
    public async Task Refuses_a_disk_that_cannot_be_written()
    {
        var disk = Directory.CreateTempSubdirectory("disk-").FullName;
        Assert.SkipUnless(
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk),
            "mounting a small tmpfs is not permitted here"
        );
        try
        {
            var path = Path.Combine(disk, "ledger.db");
            await Ledger.Create(path).DisposeAsync();
            Assert.True(await RunAsync("mount", "-o", "remount,ro", disk));

            var refused = Assert.Throws<LedgerException>(() => Ledger.Open(path));

            Assert.Equal(LedgerFault.Unwritable, refused.Fault);
            Assert.Contains("mounted for writing", refused.Hint, StringComparison.Ordinal);
        }
        finally
        {
            await RunAsync("umount", disk);
            Directory.Delete(disk);
        }
    }

    /// <summary>A real disk of 1 MiB (tmpfs), which needs root.</summary>
    [Fact]
    public async Task A_full_disk_grants_nothing_and_loses_nothing()
    {
        var disk = Directory.CreateTempSubdirectory("disk-").FullName;
        Assert.SkipUnless(
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk),
            "mounting a small tmpfs is not permitted here"
        );
        try
        {
            await using var ledger = Ledger.Create(Path.Combine(disk, "ledger.db"));
            using var slashing = await SlashingProtection.OpenAsync(ledger, TemporarySigner.Minimal);
            var audit = await AuditLog.OpenAsync(ledger, TimeProvider.System);
            await slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
            Task<PermitDecision> SignAsync(ulong slot) =>
                TemporarySigner.RequestAsync(slashing, Key(1), Message(Block(slot), Root(1)), (transaction, root, _) => audit.Append(
                        transaction,
                        new AuditEntry
                        {
                            Action = "sign",
                            Decision = AuditDecision.Granted,
                            ShareKey = PublicKey(1),
                            Duty = RemoteSigner.Spec.DutyType.Block,
                            Slot = new(slot),
                            SigningRoot = root,
                        }
                    ));
            var granted = 0UL;

            var full = await Assert.ThrowsAsync<LedgerException>(async () =>
            {
                for (; granted < 10_000; granted++)
                {
                    await SignAsync(granted);
                }
            });

            Assert.Equal(LedgerFault.DiskFull, full.Fault);
            Assert.Equal(LedgerFault.DiskFull, ledger.LastFailure?.Fault);
            await Assert.ThrowsAsync<LedgerException>(async () =>
            {
                for (var probe = 0; probe < 100; probe++)
                {
                    await ledger.ProbeAsync();
                }
            });
            Assert.True(await RunAsync("mount", "-o", "remount,size=8m", disk));
            await ledger.ProbeAsync();
            Assert.Null(ledger.LastFailure);
            Assert.IsType<PermitDecision.Granted>(await SignAsync(granted));
            Assert.Equal((long)granted + 1, Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(ledger)).Records);
        }
        finally
        {
            await RunAsync("umount", disk);
            Directory.Delete(disk);
        }
    }

    [Theory]
    [InlineData(SQLitePCL.raw.SQLITE_IOERR_FSYNC)]
    [InlineData(SQLitePCL.raw.SQLITE_IOERR_DIR_FSYNC)]
    public async Task A_failed_fsync_within_one_piece_of_work_ends_all_writing(int code)
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);

        await Assert.ThrowsAsync<LedgerException>(() => FailAsync(signer, LedgerException.From(code, "write", signer.Path, null)));

        var refused = await Assert.ThrowsAsync<LedgerException>(() => signer.RequestAsync(Key(1), Block(1), Root(1)));
        Assert.Equal(LedgerFault.DiskFailure, refused.Fault);
    }

    [Fact]
    public async Task Remembers_a_failed_write_until_a_commit_that_changed_rows()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => FailAsync(signer, new InvalidOperationException("no fault of the disk")));
        Assert.Null(signer.Ledger.LastFailure);
        var full = LedgerException.From(SQLitePCL.raw.SQLITE_FULL, "write", signer.Path, null);
        await Assert.ThrowsAsync<LedgerException>(() => FailAsync(signer, full));

        await signer.Ledger.WriteAsync(_ => true);

        Assert.Same(full, signer.Ledger.LastFailure);
        await signer.Slashing.RegisterAsync(Key(1), DeclaredHistory.NeverSigned);
        Assert.Null(signer.Ledger.LastFailure);
    }

    [Fact]
    public async Task Work_after_closing_is_refused()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Ledger.DisposeAsync();

        Assert.Equal(
            LedgerFault.Closed,
            (await Assert.ThrowsAsync<LedgerException>(() => signer.RequestAsync(Key(1), Block(1), Root(1)))).Fault
        );
    }

    private static Task<bool> FailAsync(TemporarySigner signer, Exception failure) => signer.Ledger.WriteAsync<bool>(_ => throw failure);

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true }
        )!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private static long Pragma(LedgerTransaction transaction, string pragma)
    {
        var statement = transaction.Statement(pragma);
        _ = statement.Step();
        return statement.Number(0);
    }
}
