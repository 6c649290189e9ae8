using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Slashing;
using SQLitePCL;

namespace RemoteSigner.Tests.Http;

public sealed class LedgerProbeTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task However_many_ask_one_probe_is_under_way_and_answers_all()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var probe = new LedgerProbe(signer.Ledger, _time);
        var writes = signer.Ledger.Writes;
        var hold = Hold(signer.Ledger, out var gate);

        var asked = Enumerable.Range(0, 200).Select(_ => Task.Run(probe.ReadAsync)).ToList();
        await Task.Delay(50);
        gate.SetResult();

        Assert.All(await Task.WhenAll(asked), reading => Assert.Equal(new LedgerReading(null, TimeSpan.Zero), reading));
        await hold;
        Assert.Equal(writes + 2, signer.Ledger.Writes);
    }

    [Fact]
    public async Task A_result_serves_for_a_while_and_says_how_old_it_is()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var probe = new LedgerProbe(signer.Ledger, _time);
        await probe.ReadAsync();
        var writes = signer.Ledger.Writes;
        _time.Advance(LedgerProbe.GoodFor - TimeSpan.FromSeconds(0.5));

        Assert.Equal(new LedgerReading(null, TimeSpan.FromSeconds(1.5)), await probe.ReadAsync());
        Assert.Equal(writes, signer.Ledger.Writes);

        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(new LedgerReading(null, TimeSpan.Zero), await probe.ReadAsync());
        Assert.Equal(writes + 1, signer.Ledger.Writes);
    }

    [Fact]
    public async Task Behind_a_disk_that_hangs_one_probe_waits_however_long_and_however_often_one_asks()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var probe = new LedgerProbe(signer.Ledger, _time);
        var writes = signer.Ledger.Writes;
        var hold = Hold(signer.Ledger, out var gate);

        var first = probe.ReadAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(new LedgerReading("a write has not ended for 3 s", TimeSpan.FromSeconds(3)), await first);
        _time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("a write has not ended for 63 s", (await probe.ReadAsync()).Problem);
        }

        gate.SetResult();
        await hold;
        await signer.Ledger.WriteAsync(_ => true);
        Assert.Equal(writes + 3, signer.Ledger.Writes);

        // The ledger is done a moment before the probe has heard of it.
        var reading = await probe.ReadAsync();
        for (var attempt = 0; attempt < 500 && reading.Problem is not null; attempt++)
        {
            await Task.Delay(10);
            reading = await probe.ReadAsync();
        }

        Assert.Null(reading.Problem);
    }

    /// <summary>The disk has room for a small write and none for a large one.</summary>
    [Fact]
    public async Task A_large_write_that_failed_is_not_forgiven_for_a_small_one_that_succeeds()
    {
        using var disk = new FaultyDisk();
        await using var signer = await TemporarySigner.CreateAsync(folder: disk.Folder);
        for (var key = 0; key < 200; key++)
        {
            await signer.RegisterAsync(Duties.Key(key));
        }

        var room = new FileInfo(disk.LedgerFile + "-wal").Length + (32 * 1024);
        disk.FailWrite = (_, end) => end > room ? raw.SQLITE_FULL : null;
        Assert.All(await signer.Slashing.RequestAsync([.. Enumerable.Range(0, 200).Select(key => Ask(signer, key))]), decision =>
            Assert.IsType<PermitDecision.Failed>(decision)
        );
        Assert.Equal(LedgerFault.DiskFull, signer.Ledger.LastFailure?.Fault);

        // A duty alone still goes through, and says nothing about the next epoch's many.
        Assert.IsType<PermitDecision.Granted>(Assert.Single(await signer.Slashing.RequestAsync([Ask(signer, 0)])));
        Assert.NotNull(signer.Ledger.LastFailure);
        var probe = new LedgerProbe(signer.Ledger, _time);
        Assert.NotNull((await probe.ReadAsync()).Problem);
        _time.Advance(LedgerProbe.GoodFor);
        Assert.NotNull((await probe.ReadAsync()).Problem);
        Assert.NotNull(signer.Ledger.LastFailure);

        // With room again, nobody has to sign first: the probe writes as much as had failed.
        disk.FailWrite = (_, _) => null;
        _time.Advance(LedgerProbe.GoodFor);
        await probe.ReadAsync();
        Assert.Null(signer.Ledger.LastFailure);
        Assert.Null((await probe.ReadAsync()).Problem);
    }

    [Fact]
    public async Task A_write_as_large_as_the_one_that_failed_forgives_it()
    {
        using var disk = new FaultyDisk();
        await using var signer = await TemporarySigner.CreateAsync(folder: disk.Folder);
        for (var key = 0; key < 50; key++)
        {
            await signer.RegisterAsync(Duties.Key(key));
        }

        PermitRequest[] all = [.. Enumerable.Range(0, 50).Select(key => Ask(signer, key))];
        disk.FailWrite = (_, _) => raw.SQLITE_FULL;
        Assert.All(await signer.Slashing.RequestAsync(all), decision => Assert.IsType<PermitDecision.Failed>(decision));
        disk.FailWrite = (_, _) => null;
        Assert.All(await signer.Slashing.RequestAsync(all), decision => Assert.IsType<PermitDecision.Granted>(decision));

        Assert.Null(signer.Ledger.LastFailure);
    }

    private static PermitRequest.Ask Ask(TemporarySigner signer, int key)
    {
        var content = Duties.Vote(1, 2);
        return new PermitRequest.Ask(Duties.Key(key), Duties.Message(content, Duties.Root(1)), signer.Anchor(Duties.Key(key), content));
    }

    // The writer is busy until the gate is opened, as behind a disk that does not answer.
    private static Task<bool> Hold(Ledger ledger, out TaskCompletionSource gate)
    {
        var held = new TaskCompletionSource();
        gate = held;
        var begun = new TaskCompletionSource();
        var work = ledger.WriteAsync(_ =>
        {
            begun.SetResult();
            held.Task.GetAwaiter().GetResult();
            return true;
        });
        begun.Task.GetAwaiter().GetResult();
        return work;
    }
}
