using System.Globalization;
using Prometheus;
using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;

namespace RemoteSigner.Host.Http;

/// <summary>What health and metrics say about the fence: how it stands, why something is refused, how long, and how to end it early.</summary>
internal sealed class FenceHealth
{
    private readonly Fence _fence;
    private readonly FreshnessRun _run;
    private readonly Network _network;
    private readonly SlotClock _clock;

    public FenceHealth(Fence fence, FreshnessRun run, Network network, SlotClock clock, SignerMetrics metrics)
    {
        (_fence, _run, _network, _clock) = (fence, run, network, clock);
        var factory = Metrics.WithCustomRegistry(metrics.Registry);
        var open = factory.CreateGauge("remote_signer_fence_open", "1 while duties pass the fence, 0 while nothing is signed because the ledger may be an old copy");
        var edge = factory.CreateGauge("remote_signer_fence_epoch", "First epoch that the fence does not cover yet; 0 where there is none");
        var floor = factory.CreateGauge("remote_signer_fence_floor_epoch", "Nothing before this epoch is signed with any key; 0 where there is no floor");
        var left = factory.CreateGauge("remote_signer_fence_floor_epochs_left", "Epochs until the floor is passed");
        var failing = factory.CreateGauge("remote_signer_fence_witness_failing", "1 while the witness does not take the next fence");
        var moves = factory.CreateCounter("remote_signer_fence_moves_total", "Fences that the witness took since the start");
        metrics.Registry.AddBeforeCollectCallback(() =>
        {
            var state = fence.State;
            open.Set(state.Closed is null ? 1 : 0);
            edge.Set(state.Edge?.Value ?? 0);
            floor.Set(run.Floor?.Fence.Value ?? 0);
            left.Set(run.Floor is { } raised ? EpochsLeft(raised) : 0);
            failing.Set(state.Trouble is null ? 0 : 1);
            moves.IncTo(state.Moves);
        });
    }

    public HealthReport.Check Check()
    {
        var state = _fence.State;
        var (up, word, detail) = state switch
        {
            { Closed: { } refusal } => (false, SnakeCase.Of(refusal.Reason), $"nothing is signed: {refusal.Detail}; {refusal.Hint}"),
            { IsOff: true } => (true, "off", "signer.json says freshness.witness none: an old copy of the ledger would not be noticed"),
            { Trouble: { } trouble } => (false, "witness_failing", $"the fence stands at epoch {state.Edge} and cannot be moved: {trouble.Message}; {trouble.Hint}"),
            _ when _run.Floor is { } floor && EpochsLeft(floor) > 0 => (true, "floors_raised", FloorDetail(floor)),
            _ => (true, "open", $"the fence stands at epoch {state.Edge}"),
        };
        return HealthReport.Check.Of("freshness-check", up, new HealthReport.CheckFigures(State: word, Detail: detail));
    }

    // Where the clock is not known, for ever: nobody can say.
    private ulong EpochsLeft(GlobalFloor floor) =>
        _clock.Now is { } now ? _network.EpochOf(now) is var epoch && epoch < floor.Fence ? floor.Fence.Value - epoch.Value : 0 : floor.Fence.Value;

    private string FloorDetail(GlobalFloor floor)
    {
        var until = _network.GenesisTime is { } genesis && floor.Fence.Value < uint.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $", which begins at {DateTimeOffset.FromUnixTimeSeconds((long)(genesis + (floor.Fence.Value * _network.SlotsPerEpoch * _network.SecondsPerSlot))):u}")
            : "";
        var early = floor.AwaitedMarks is null ? "" : "'remote-signer slashing import' of the newest history, or ";
        return $"blocks and votes before epoch {floor.Fence} are refused for every key{until}: {floor.Reason}; to end it early: {early}'remote-signer freshness clear', which says what is risked";
    }
}
