using System.Globalization;
using Prometheus;
using RemoteSigner.Clocks;
using RemoteSigner.Host.Configuration;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>
/// What health and metrics say about the fence: how it stands, why something is refused, how long, and how to end it early. Low watermarks
/// count as in the way until their epoch has come and a vote has passed them: time alone does not end them where the chain has not
/// justified a source that passes.
/// </summary>
internal sealed class FenceHealth
{
    private readonly Fence _fence;
    private readonly LowWatermarkWatch _watch;
    private readonly Network _network;
    private readonly SlotClock _clock;
    private readonly string _lowWatermarksStatus;

    public FenceHealth(
        Fence fence,
        SlashingProtection slashing,
        Network network,
        SlotClock clock,
        SignerOptions options,
        SignerMetrics metrics
    )
    {
        (_fence, _watch, _network, _clock) = (fence, slashing.LowWatermark, network, clock);
        _lowWatermarksStatus =
            options.RollbackProtection.LowWatermarksHealth == RollbackProtectionOptions.Down ? HealthReport.Down : HealthReport.Degraded;
        var factory = Metrics.WithCustomRegistry(metrics.Registry);
        var open = MetricTable.FenceOpen.Gauge(factory);
        var edge = MetricTable.FenceEpoch.Gauge(factory);
        var bound = MetricTable.FenceSourceEpoch.Gauge(factory);
        var lowWatermark = MetricTable.FenceLowWatermarkEpoch.Gauge(factory);
        var source = MetricTable.FenceLowWatermarkSource.Gauge(factory);
        var left = MetricTable.FenceLowWatermarkEpochsLeft.Gauge(factory);
        var refusing = MetricTable.FenceLowWatermarkRefusing.Gauge(factory);
        var failing = MetricTable.FenceAnchorFailing.Gauge(factory);
        var moves = MetricTable.FenceMoves.Counter(factory);
        metrics.Registry.AddBeforeCollectCallback(() =>
        {
            var state = fence.State;
            open.Set(state.Closed is null ? 1 : 0);
            edge.Set(state.Bounds?.Fence.Value ?? 0);
            bound.Set(state.Bounds?.Source.Value ?? 0);
            lowWatermark.Set(_watch.Raised?.Fence.Value ?? 0);
            source.Set(_watch.Raised?.LowestSource.Value ?? 0);
            left.Set(_watch.Raised is { } raised ? EpochsLeft(raised) : 0);
            refusing.Set(Refusing is null ? 0 : 1);
            failing.Set(state.Trouble is null ? 0 : 1);
            moves.IncTo(state.Moves);
        });
    }

    // One that a vote has passed may refuse blocks for what is left of the epoch before it.
    private GlobalLowWatermark? Refusing =>
        _watch.InTheWay
        ?? (_watch.Raised is { } lowWatermark && _clock.Now is not null && EpochsLeft(lowWatermark) > 0 ? lowWatermark : null);

    public HealthReport.Check Check()
    {
        var state = _fence.State;
        var (status, word, detail) = state switch
        {
            { Closed: { } refusal } => (HealthReport.Down, refusal.Reason.Code(), $"nothing is signed: {refusal.Detail}; {refusal.Hint}"),
            { IsOff: true } => (
                HealthReport.Up,
                "off",
                "signer.json says rollbackProtection.anchor none: an old copy of the ledger would not be noticed"
            ),
            { Trouble: { } trouble } => (
                HealthReport.Down,
                "anchor_failing",
                $"the fence stands at epoch {state.Bounds?.Fence} and cannot be moved: {trouble.Message}; {trouble.Hint}"
            ),
            _ when Refusing is { } lowWatermark => (_lowWatermarksStatus, "low_watermarks_raised", LowWatermarkDetail(lowWatermark)),
            _ => (HealthReport.Up, "open", $"the fence stands at epoch {state.Bounds?.Fence}"),
        };
        return HealthReport.Check.Of(
            "rollback-protection-check",
            status,
            new HealthReport.CheckFigures(State: word, Detail: state.Rollback is { } rollback ? $"{detail}; {rollback}" : detail)
        );
    }

    // Where the clock is not known, for ever: nobody can say.
    private ulong EpochsLeft(GlobalLowWatermark lowWatermark) =>
        _clock.Now is { } now
            ? _network.EpochOf(now) is var epoch && epoch < lowWatermark.Fence
                ? lowWatermark.Fence.Value - epoch.Value
                : 0
            : lowWatermark.Fence.Value;

    private string LowWatermarkDetail(GlobalLowWatermark lowWatermark)
    {
        var until = _network.StartOf(lowWatermark.Fence) is { } start
            ? string.Create(CultureInfo.InvariantCulture, $", which begins at {DateTimeOffset.FromUnixTimeSeconds((long)start):u}")
            : "";
        var refused =
            EpochsLeft(lowWatermark) > 0
                ? $"blocks and votes before epoch {lowWatermark.Fence} are refused for every key{until}, and no vote "
                    + $"passes until a source epoch of {lowWatermark.LowestSource} or later is justified"
                : $"no vote passes until a source epoch of {lowWatermark.LowestSource} or later is justified; epoch "
                    + $"{lowWatermark.Fence}, before which blocks and votes are refused for every key, has come";
        var early = lowWatermark.AwaitedMarks is null ? "" : "'remote-signer slashing import' of the newest history, or ";
        return $"{refused}: {lowWatermark.Reason}; to end it early: {early}'remote-signer rollback-protection clear', which says "
            + "what is risked";
    }
}
