using Microsoft.Extensions.Logging.Abstractions;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Http;

public sealed class LedgerHealthTests
{
    [Fact]
    public async Task Health_is_down_after_a_failed_write_and_up_again_by_its_own_probe()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        Assert.Equal(HealthReport.Up, (await CheckAsync(signer)).Status);
        var full = await FailAsync(signer, SQLitePCL.raw.SQLITE_FULL);

        var down = await CheckAsync(signer);

        Assert.Equal((HealthReport.Down, full.Message), (down.Status, down.Data?.Detail));
        Assert.Equal(HealthReport.Up, (await CheckAsync(signer)).Status);
    }

    [Fact]
    public async Task Health_stays_down_after_a_failed_fsync()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await FailAsync(signer, SQLitePCL.raw.SQLITE_IOERR_FSYNC);

        Assert.Equal(HealthReport.Down, (await CheckAsync(signer)).Status);
        Assert.Equal(HealthReport.Down, (await CheckAsync(signer)).Status);
    }

    [Fact]
    public async Task The_watchdog_is_fed_on_a_full_disk_but_not_by_a_ledger_that_refuses_for_good()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        foreach (var full in (int[])[SQLitePCL.raw.SQLITE_FULL, SQLitePCL.raw.SQLITE_IOERR_SHMSIZE])
        {
            await FailAsync(signer, full);
            Assert.True(await AnswersAsync(signer));
        }

        await FailAsync(signer, SQLitePCL.raw.SQLITE_IOERR_FSYNC);

        Assert.False(await AnswersAsync(signer));
        await signer.Ledger.DisposeAsync();
        Assert.False(await AnswersAsync(signer));
    }

    private static Task<HealthReport.Check> CheckAsync(TemporarySigner signer) =>
        new LedgerProbe(signer.Ledger, TimeProvider.System).CheckAsync();

    private static Task<bool> AnswersAsync(TemporarySigner signer) => SystemdWatch.AnswersAsync(signer.Ledger, NullLogger.Instance);

    private static async Task<LedgerException> FailAsync(TemporarySigner signer, int code)
    {
        var failure = LedgerException.From(code, "write", signer.Path, null);
        return await Assert.ThrowsAsync<LedgerException>(() => signer.Ledger.WriteAsync<bool>(_ => throw failure));
    }
}
