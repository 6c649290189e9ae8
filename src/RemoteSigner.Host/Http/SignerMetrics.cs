using System.Collections.Frozen;
using Prometheus;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>Figures under the names that Web3Signer's dashboards ask for, and ours beside them.</summary>
internal sealed class SignerMetrics
{
    private static readonly QuantileEpsilonPair[] Quantiles = [new(0.5, 0.05), new(0.95, 0.01), new(0.99, 0.005), new(1, 0)];

    private readonly Summary _signing;
    private readonly Counter _malformed;
    private readonly Counter _missing;
    private readonly Counter _permitted;
    private readonly Counter _prevented;
    private readonly Counter _outcomes;
    private readonly FrozenDictionary<DutyType, Counter.Child> _signed;
    private readonly Summary _ledger;

    public SignerMetrics(CollectorRegistry registry)
    {
        Registry = registry;
        var factory = Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        var summary = new SummaryConfiguration { Objectives = Quantiles, MaxAge = TimeSpan.FromMinutes(5) };
        _signing = factory.CreateSummary("signing_bls_signing_duration", "Seconds from the request's arrival to its answer", summary);
        _missing = factory.CreateCounter("signing_bls_missing_identifier_count_total", "Sign requests for a key that is not open here or not allowed");
        _malformed = factory.CreateCounter("http_bls_malformed_request_count_total", "Sign requests that could not be read");
        _permitted = factory.CreateCounter("eth2_slashingprotection_permitted_signings_total", "Signatures that slashing protection permitted");
        _prevented = factory.CreateCounter("eth2_slashingprotection_prevented_signings_total", "Signatures that slashing protection prevented");
        _ledger = factory.CreateSummary(
            "eth2_slashingprotection_database_duration", "Seconds until a duty is recorded durably", ["signingOperation"], summary);
        var outcomes = factory.CreateCounter("remote_signer_sign_outcomes_total", "Sign requests by duty and outcome", "duty", "outcome");
        _signed = Enum.GetValues<DutyType>().ToFrozenDictionary(duty => duty, duty => outcomes.WithLabels(duty.Name(), "Signed"));
        _outcomes = outcomes;
        factory.CreateGauge("process_release", "Always 1", "version").WithLabels($"remote-signer/v{ThisProgram.Version}").Set(1);
        Loaded = factory.CreateGauge("signing_signers_loaded_count", "Keys that are open");
    }

    public CollectorRegistry Registry { get; }

    public Gauge Loaded { get; }

    public void Malformed() => _malformed.Inc();

    public void Ended(DutyType duty, SignOutcome outcome, TimeSpan elapsed)
    {
        _signing.Observe(elapsed.TotalSeconds);
        if (outcome is SignOutcome.Signed)
        {
            _permitted.Inc();
            _signed[duty].Inc();
            return;
        }

        _outcomes.WithLabels(duty.Name(), outcome.Name).Inc();
        switch (outcome)
        {
            case SignOutcome.Slashable:
                _prevented.Inc();
                break;
            case SignOutcome.UnknownKey or SignOutcome.NotAllowed:
                _missing.Inc();
                break;
            default:
                break;
        }
    }

    public void Recorded(DutyType duty, TimeSpan elapsed)
    {
        if (duty is DutyType.Block or DutyType.Attestation)
        {
            _ledger.WithLabels(duty == DutyType.Block ? "block" : "attestation").Observe(elapsed.TotalSeconds);
        }
    }
}
