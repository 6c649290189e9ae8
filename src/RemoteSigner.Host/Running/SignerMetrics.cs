using System.Collections.Frozen;
using System.Diagnostics;
using Prometheus;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>Figures under the names that Web3Signer's dashboards ask for, and ours beside them.</summary>
internal sealed class SignerMetrics
{
    internal const string OtherClient = "other";

    private static readonly QuantileEpsilonPair[] Quantiles = [new(0.5, 0.05), new(0.95, 0.01), new(0.99, 0.005), new(1, 0)];

    private readonly Summary _signing;
    private readonly Counter _malformed;
    private readonly Counter _missing;
    private readonly Counter _permitted;
    private readonly Counter _prevented;
    private readonly Counter _outcomes;
    private readonly Counter _refusals;
    private readonly Counter _otherPayloadVotes;
    private readonly Counter _faultyBursts;
    private readonly Counter _abandoned;
    private readonly Counter _turned;
    private readonly FrozenDictionary<DutyType, Counter.Child> _signed;
    private readonly Summary.Child _recordedBlocks;
    private readonly Summary.Child _recordedVotes;
    private readonly Summary _speaking;
    private readonly Counter _spoken;

    public SignerMetrics(CollectorRegistry registry)
    {
        Registry = registry;
        var factory = Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        var summary = new SummaryConfiguration { Objectives = Quantiles, MaxAge = TimeSpan.FromMinutes(5) };
        _signing = MetricTable.SigningDuration.Summary(factory, summary);
        _missing = MetricTable.MissingIdentifier.Counter(factory);
        _malformed = MetricTable.MalformedRequest.Counter(factory);
        _permitted = MetricTable.PermittedSignings.Counter(factory);
        _prevented = MetricTable.PreventedSignings.Counter(factory);
        var ledger = MetricTable.DatabaseDuration.Summary(factory, summary);
        (_recordedBlocks, _recordedVotes) = (ledger.WithLabels("block"), ledger.WithLabels("attestation"));
        var outcomes = MetricTable.SignOutcomes.Counter(factory);
        _signed = Enum.GetValues<DutyType>().ToFrozenDictionary(duty => duty, duty => outcomes.WithLabels(duty.Name(), "Signed"));
        _outcomes = outcomes;
        _refusals = MetricTable.Refusals.Counter(factory);
        _speaking = MetricTable.OperatorSigningDuration.Summary(factory, summary);
        _spoken = MetricTable.OperatorSignOutcomes.Counter(factory);
        _otherPayloadVotes = MetricTable.PayloadVotesDiffering.Counter(factory);
        _faultyBursts = MetricTable.FaultyBursts.Counter(factory);
        _abandoned = MetricTable.RequestsAbandoned.Counter(factory);
        _turned = MetricTable.RequestsTurnedAway.Counter(factory);
        var allocated = MetricTable.AllocatedBytes.Counter(factory);
        var heap = MetricTable.HeapBytes.Gauge(factory);
        registry.AddBeforeCollectCallback(() =>
        {
            allocated.IncTo(GC.GetTotalAllocatedBytes());
            var last = GC.GetGCMemoryInfo(GCKind.Any);
            heap.Set(last.HeapSizeBytes - last.FragmentedBytes);
        });
        MetricTable.ProcessRelease.Gauge(factory).WithLabels($"remote-signer/v{ProductVersion.Version}").Set(1);
        Loaded = MetricTable.SignersLoaded.Gauge(factory);
    }

    public CollectorRegistry Registry { get; }

    public Gauge Loaded { get; }

    public void Malformed() => _malformed.Inc();

    public void PayloadVoteDiffered() => _otherPayloadVotes.Inc();

    public void BurstWasFaulty() => _faultyBursts.Inc();

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Abandoned() => _abandoned.Inc();

    /// <summary>A request that is none, or came to the wrong place; <paramref name="reason"/> is one of ours.</summary>
    public void Turned(string reason) => _turned.WithLabels(reason).Inc();

    /// <summary>A request to sign was answered, for one key or for many.</summary>
    public void Answered(TimeSpan elapsed) => _signing.Observe(elapsed.TotalSeconds);

    /// <summary>What became of one order.</summary>
    public void Ended(DutyType duty, SignOutcome outcome)
    {
        if (outcome is SignOutcome.Signed)
        {
            _permitted.Inc();
            _signed[duty].Inc();
            return;
        }

        _outcomes.WithLabels(duty.Name(), outcome.Name).Inc();
        switch (outcome)
        {
            case SignOutcome.Slashable(var rule, _) when rule.IsOffence():
                _prevented.Inc();
                break;
            case SignOutcome.UnknownKey or SignOutcome.NotAllowed or SignOutcome.KeyRemoved:
                _missing.Inc();
                break;
            default:
                break;
        }
    }

    /// <summary>A message of the operator, understood or not, and how it ended; reasons are ours.</summary>
    public void Spoke(OperatorSignOutcome outcome, TimeSpan elapsed)
    {
        var (message, end) = outcome switch
        {
            OperatorSignOutcome.Signed(_, var understood) => (understood, "signed"),
            OperatorSignOutcome.Refused(var refusal, var understood) => (understood, refusal.Reason),
            _ => throw new UnreachableException(),
        };
        _speaking.Observe(elapsed.TotalSeconds);
        _spoken.WithLabels(message?.Role.Code() ?? "", message?.Kind.Code() ?? "", end).Inc();
    }

    /// <summary>
    /// Counts a refusal by the rule's code. The client only where signer.json names it (null: it does not), so that nobody
    /// makes labels at will.
    /// </summary>
    public void Refused(string? client, DutyType duty, string rule) => _refusals.WithLabels(client ?? OtherClient, duty.Name(), rule).Inc();

    /// <summary>Duties were recorded, one or many that waited together.</summary>
    public void Recorded(DutyType duty, TimeSpan elapsed)
    {
        switch (duty)
        {
            case DutyType.Block:
                _recordedBlocks.Observe(elapsed.TotalSeconds);
                break;
            case DutyType.Attestation:
                _recordedVotes.Observe(elapsed.TotalSeconds);
                break;
            default:
                break;
        }
    }
}
