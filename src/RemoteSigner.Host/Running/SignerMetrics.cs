using System.Collections.Frozen;
using System.Diagnostics;
using Prometheus;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>Figures under the names that Web3Signer's dashboards ask for, and ours beside them.</summary>
internal sealed class SignerMetrics
{
    private const string OtherClient = "other";

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
        _signing = factory.CreateSummary(
            "signing_bls_signing_duration",
            "Seconds from a sign request that was read to its answer",
            summary
        );
        _missing = factory.CreateCounter(
            "signing_bls_missing_identifier_count_total",
            "Sign requests for a key that is not here or not allowed"
        );
        _malformed = factory.CreateCounter("http_bls_malformed_request_count_total", "Sign requests that could not be read");
        _permitted = factory.CreateCounter(
            "eth2_slashingprotection_permitted_signings_total",
            "Signatures that slashing protection permitted"
        );
        _prevented = factory.CreateCounter(
            "eth2_slashingprotection_prevented_signings_total",
            "Signatures that slashing protection prevented because they collide with one on record: "
                + "offences. Low watermarks and other rules are in remote_signer_refusals_total"
        );
        var ledger = factory.CreateSummary(
            "eth2_slashingprotection_database_duration",
            "Seconds until a duty is recorded durably",
            ["signingOperation"],
            summary
        );
        (_recordedBlocks, _recordedVotes) = (ledger.WithLabels("block"), ledger.WithLabels("attestation"));
        var outcomes = factory.CreateCounter("remote_signer_sign_outcomes_total", "Sign requests by duty and outcome", "duty", "outcome");
        _signed = Enum.GetValues<DutyType>().ToFrozenDictionary(duty => duty, duty => outcomes.WithLabels(duty.Name(), "Signed"));
        _outcomes = outcomes;
        _refusals = factory.CreateCounter(
            "remote_signer_refusals_total",
            $"Sign requests that were refused, by client (\"{OtherClient}\": one that signer.json does not name), duty and rule",
            "client",
            "duty",
            "rule"
        );
        _speaking = factory.CreateSummary(
            "remote_signer_operator_signing_duration",
            "Seconds from a message of an SSV operator that was read to its answer",
            summary
        );
        _spoken = factory.CreateCounter(
            "remote_signer_operator_sign_outcomes_total",
            "Messages of an SSV operator by what they are about, what they do, and outcome",
            "role",
            "kind",
            "outcome"
        );
        _otherPayloadVotes = factory.CreateCounter(
            "remote_signer_payload_votes_differing_total",
            "Votes about the payload of a slot that differ from the first of the same key"
        );
        _faultyBursts = factory.CreateCounter(
            "remote_signer_faulty_bursts_total",
            "Signatures made together that were not those of their keys, and were made anew before "
                + "any of them was given out: the memory or the processor is at fault"
        );
        _abandoned = factory.CreateCounter(
            "remote_signer_requests_abandoned_total",
            "Requests whose client went away before they were answered"
        );
        _turned = factory.CreateCounter(
            "remote_signer_requests_turned_away_total",
            "Requests that were refused before anybody looked at what they want, by reason",
            "reason"
        );
        var allocated = factory.CreateCounter(
            "remote_signer_allocated_bytes_total",
            "Bytes that were allocated on the managed heap since the start"
        );
        var heap = factory.CreateGauge("remote_signer_heap_bytes", "Bytes of the managed heap that were in use after the last collection");
        registry.AddBeforeCollectCallback(() =>
        {
            allocated.IncTo(GC.GetTotalAllocatedBytes());
            var last = GC.GetGCMemoryInfo(GCKind.Any);
            heap.Set(last.HeapSizeBytes - last.FragmentedBytes);
        });
        factory.CreateGauge("process_release", "Always 1", "version").WithLabels($"remote-signer/v{ProductVersion.Version}").Set(1);
        Loaded = factory.CreateGauge("signing_signers_loaded_count", "Keys that are open");
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
        _spoken.WithLabels(message is null ? "" : SnakeCase.Of(message.Role), message is null ? "" : SnakeCase.Of(message.Kind), end).Inc();
    }

    /// <summary>
    /// Counts a refusal by the rule's name in the audit log. The client only where signer.json names it (null: it does not), so that nobody
    /// makes labels at will.
    /// </summary>
    public void Refused(string? client, DutyType duty, string rule) =>
        _refusals.WithLabels(client ?? OtherClient, duty.Name(), SnakeCase.Of(rule)).Inc();

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
