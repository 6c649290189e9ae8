using Prometheus;
using RemoteSigner.Clocks;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Running;
using RemoteSigner.Tests.RollbackProtection;

namespace RemoteSigner.Tests.Http;

/// <summary>
/// What health and metrics say while low watermarks refuse duties, and until when: by the epoch and by the source that votes still need.
/// </summary>
public sealed class FenceHealthTests : IAsyncLifetime
{
    private const ulong Fence = SharedDirectory.Fence;

    private readonly ModelRollbackAnchor _anchor = new();
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private SharedDirectory _directory = null!;

    public async ValueTask InitializeAsync() => _directory = await SharedDirectory.CreateAsync(_ => _anchor);

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    [Fact]
    public async Task Is_up_and_open_without_low_watermarks()
    {
        await using var run = await StartAsync(crashes: 0);
        var health = Health(run, RollbackProtectionOptions.Down);

        Assert.Equal((HealthReport.Up, "open"), (health.Check().Status, health.Check().Data!.State));
        Assert.Equal("0", await FigureAsync("remote_signer_fence_low_watermark_source"));
        Assert.Equal("0", await FigureAsync("remote_signer_fence_low_watermark_refusing"));
    }

    [Theory]
    [InlineData(RollbackProtectionOptions.Degraded, HealthReport.Degraded)]
    [InlineData(RollbackProtectionOptions.Down, HealthReport.Down)]
    public async Task Floors_are_in_the_way_until_their_epoch_has_come_and_a_vote_has_passed_them(string setting, string status)
    {
        await using var run = await StartAsync(crashes: 1);
        var health = Health(run, setting);

        Assert.Equal((status, "low_watermarks_raised"), (health.Check().Status, health.Check().Data!.State));
        Assert.Contains($"blocks and votes before epoch {Fence} are refused", health.Check().Data!.Detail, StringComparison.Ordinal);
        At(Fence + 3);
        Assert.False(await run.VoteAsync(Fence - 3, Fence + 3, 1));
        Assert.Equal((status, "low_watermarks_raised"), (health.Check().Status, health.Check().Data!.State));
        Assert.StartsWith(
            $"no vote passes until a source epoch of {Fence - 2} or later is justified",
            health.Check().Data!.Detail,
            StringComparison.Ordinal
        );
        Assert.Equal(($"{Fence}", $"{Fence - 2}", "0", "1"), await LowWatermarkFiguresAsync());

        Assert.True(await run.VoteAsync(Fence - 2, Fence + 3, 1));
        Assert.Equal((HealthReport.Up, "open"), (health.Check().Status, health.Check().Data!.State));
        Assert.Equal(($"{Fence}", $"{Fence - 2}", "0", "0"), await LowWatermarkFiguresAsync());
    }

    [Fact]
    public async Task A_vote_from_ahead_of_its_time_does_not_hide_that_blocks_are_refused()
    {
        await using var run = await StartAsync(crashes: 1);
        var health = Health(run, RollbackProtectionOptions.Degraded);
        At(Fence - 1);

        Assert.True(await run.VoteAsync(Fence - 2, Fence, 1));

        Assert.Equal((HealthReport.Degraded, "low_watermarks_raised"), (health.Check().Status, health.Check().Data!.State));
    }

    [Fact]
    public void The_whole_is_as_its_worst_part()
    {
        var (up, degraded, down) = (
            HealthReport.Check.Of("a", up: true),
            HealthReport.Check.Of("b", HealthReport.Degraded),
            HealthReport.Check.Of("c", up: false)
        );

        Assert.Equal(HealthReport.Up, HealthReport.Of([up, up]).Status);
        Assert.Equal(HealthReport.Degraded, HealthReport.Of([up, degraded]).Status);
        Assert.Equal(HealthReport.Down, HealthReport.Of([down, degraded]).Status);
    }

    [Theory]
    [InlineData("degraded", false)]
    [InlineData("down", false)]
    [InlineData("DOWN", true)]
    [InlineData("up", true)]
    public void The_setting_has_two_values(string value, bool isFault)
    {
        var options = Options(value);
        Assert.Equal(
            isFault,
            SignerOptionsValidator
                .Faults(options, new DataDirectory(Path.GetTempPath()))
                .Contains("rollbackProtection.lowWatermarksHealth must be degraded or down")
        );
        Assert.Contains($"\"lowWatermarksHealth\": \"{value}\"", SignerOptionsTemplate.Write(options), StringComparison.Ordinal);
    }

    private static SignerOptions Options(string lowWatermarksHealth) =>
        new()
        {
            Network = new NetworkOptions { Name = "hoodi" },
            Seal = new SealOptions { Profile = SealOptions.Tpm, Token = "" },
            Clients = [],
            RollbackProtection = new RollbackProtectionOptions { LowWatermarksHealth = lowWatermarksHealth },
        };

    private async Task<SharedDirectory.SharedRun> StartAsync(int crashes)
    {
        for (var crash = 0; crash < crashes; crash++)
        {
            await using var crashed = await _directory.OpenAsync(_directory.Ledger, _anchor);
            await crashed.StartAsync();
        }

        var run = await _directory.OpenAsync(_directory.Ledger, _anchor);
        await run.StartAsync();
        await run.Slashing.WatchLowWatermarkAsync();
        return run;
    }

    private FenceHealth Health(SharedDirectory.SharedRun run, string setting) =>
        new(
            run.Fence,
            run.Slashing,
            SharedDirectory.Network,
            new SlotClock(SharedDirectory.Network, null, _directory.Time),
            Options(setting),
            new SignerMetrics(_registry)
        );

    private void At(ulong epoch) =>
        _directory.Time.SetUtcNow(
            DateTimeOffset.FromUnixTimeSeconds((long)(SharedDirectory.Network.GenesisTime!.Value + (epoch * 32 * 12)))
        );

    private async Task<(string, string, string, string)> LowWatermarkFiguresAsync() =>
        (
            await FigureAsync("remote_signer_fence_low_watermark_epoch"),
            await FigureAsync("remote_signer_fence_low_watermark_source"),
            await FigureAsync("remote_signer_fence_low_watermark_epochs_left"),
            await FigureAsync("remote_signer_fence_low_watermark_refusing")
        );

    private async Task<string> FigureAsync(string name)
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text);
        return System
            .Text.Encoding.UTF8.GetString(text.ToArray())
            .Split('\n')
            .Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..];
    }
}
