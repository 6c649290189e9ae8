using System.Reflection;

namespace RemoteSigner.Host.Running;

/// <summary>
/// Every metric of ours: others' dashboards and alerts ask for them by name, so none may change. The page
/// <c>docs/integrator/codes.md</c> is made of this table.
/// </summary>
internal static class MetricTable
{
    public static readonly Metric SigningDuration = new(
        "signing_bls_signing_duration",
        MetricType.Summary,
        "Seconds from a sign request that was read to its answer"
    );

    public static readonly Metric MissingIdentifier = new(
        "signing_bls_missing_identifier_count_total",
        MetricType.Counter,
        "Sign requests for a key that is not here or not allowed"
    );

    public static readonly Metric MalformedRequest = new(
        "http_bls_malformed_request_count_total",
        MetricType.Counter,
        "Sign requests that could not be read"
    );

    public static readonly Metric PermittedSignings = new(
        "eth2_slashingprotection_permitted_signings_total",
        MetricType.Counter,
        "Signatures that slashing protection permitted"
    );

    public static readonly Metric PreventedSignings = new(
        "eth2_slashingprotection_prevented_signings_total",
        MetricType.Counter,
        "Signatures that slashing protection prevented because they collide with one on record: "
            + "offences. Low watermarks and other rules are in remote_signer_refusals_total"
    );

    public static readonly Metric DatabaseDuration = new(
        "eth2_slashingprotection_database_duration",
        MetricType.Summary,
        "Seconds until a duty is recorded durably",
        "signingOperation"
    );

    public static readonly Metric SignOutcomes = new(
        "remote_signer_sign_outcomes_total",
        MetricType.Counter,
        "Sign requests by duty and outcome",
        "duty",
        "outcome"
    );

    public static readonly Metric Refusals = new(
        "remote_signer_refusals_total",
        MetricType.Counter,
        $"Sign requests that were refused, by client (\"{SignerMetrics.OtherClient}\": one that "
            + "signer.json does not name), duty and rule",
        "client",
        "duty",
        "rule"
    );

    public static readonly Metric OperatorSigningDuration = new(
        "remote_signer_operator_signing_duration",
        MetricType.Summary,
        "Seconds from a message of an SSV operator that was read to its answer"
    );

    public static readonly Metric OperatorSignOutcomes = new(
        "remote_signer_operator_sign_outcomes_total",
        MetricType.Counter,
        "Messages of an SSV operator by what they are about, what they do, and outcome",
        "role",
        "kind",
        "outcome"
    );

    public static readonly Metric PayloadVotesDiffering = new(
        "remote_signer_payload_votes_differing_total",
        MetricType.Counter,
        "Votes about the payload of a slot that differ from the first of the same key"
    );

    public static readonly Metric FaultyBursts = new(
        "remote_signer_faulty_bursts_total",
        MetricType.Counter,
        "Signatures made together that were not those of their keys, and were made anew before any of "
            + "them was given out: the memory or the processor is at fault"
    );

    public static readonly Metric RequestsAbandoned = new(
        "remote_signer_requests_abandoned_total",
        MetricType.Counter,
        "Requests whose client went away before they were answered"
    );

    public static readonly Metric RequestsTurnedAway = new(
        "remote_signer_requests_turned_away_total",
        MetricType.Counter,
        "Requests that were refused before anybody looked at what they want, by reason",
        "reason"
    );

    public static readonly Metric AllocatedBytes = new(
        "remote_signer_allocated_bytes_total",
        MetricType.Counter,
        "Bytes that were allocated on the managed heap since the start"
    );

    public static readonly Metric HeapBytes = new(
        "remote_signer_heap_bytes",
        MetricType.Gauge,
        "Bytes of the managed heap that were in use after the last collection"
    );

    public static readonly Metric ProcessRelease = new("process_release", MetricType.Gauge, "Always 1", "version");

    public static readonly Metric SignersLoaded = new("signing_signers_loaded_count", MetricType.Gauge, "Keys that are open");

    public static readonly Metric FenceOpen = new(
        "remote_signer_fence_open",
        MetricType.Gauge,
        "1 while duties pass the fence, 0 while nothing is signed because the ledger may be an old copy"
    );

    public static readonly Metric FenceEpoch = new(
        "remote_signer_fence_epoch",
        MetricType.Gauge,
        "First epoch that the fence does not cover yet; 0 where there is none"
    );

    public static readonly Metric FenceSourceEpoch = new(
        "remote_signer_fence_source_epoch",
        MetricType.Gauge,
        "Newest source epoch that the fence covers; 0 where there is none"
    );

    public static readonly Metric FenceLowWatermarkEpoch = new(
        "remote_signer_fence_low_watermark_epoch",
        MetricType.Gauge,
        "Nothing before this epoch is signed with any key; 0 where there is no low watermark"
    );

    public static readonly Metric FenceLowWatermarkSource = new(
        "remote_signer_fence_low_watermark_source",
        MetricType.Gauge,
        "No vote with a source before this epoch is signed with any key; 0 where there is no low watermark"
    );

    public static readonly Metric FenceLowWatermarkEpochsLeft = new(
        "remote_signer_fence_low_watermark_epochs_left",
        MetricType.Gauge,
        "Epochs until the low watermark's epoch; votes may wait longer, for a source that passes"
    );

    public static readonly Metric FenceLowWatermarkRefusing = new(
        "remote_signer_fence_low_watermark_refusing",
        MetricType.Gauge,
        "1 while the low watermark's epoch has not come or no vote has passed it yet"
    );

    public static readonly Metric FenceAnchorFailing = new(
        "remote_signer_fence_anchor_failing",
        MetricType.Gauge,
        "1 while the anchor does not take the next fence"
    );

    public static readonly Metric FenceMoves = new(
        "remote_signer_fence_moves_total",
        MetricType.Counter,
        "Fences that the anchor took since the start"
    );

    public static readonly Metric LedgerBytes = new(
        "remote_signer_ledger_bytes",
        MetricType.Gauge,
        "Bytes of the ledger on its disk: slashing records and audit log"
    );

    public static readonly Metric LedgerDiskFreeBytes = new(
        "remote_signer_ledger_disk_free_bytes",
        MetricType.Gauge,
        "Bytes free on the ledger's disk"
    );

    public static readonly Metric LedgerDiskReserveBytes = new(
        "remote_signer_ledger_disk_reserve_bytes",
        MetricType.Gauge,
        "Bytes kept so that a full disk still takes decisions; 0: none, or given up"
    );

    public static readonly Metric TlsNotAfterTimestampSeconds = new(
        "remote_signer_tls_not_after_timestamp_seconds",
        MetricType.Gauge,
        "Unix time at which something of TLS is out of date: the server's certificate, the client "
            + "authority and the revocation list that end first, and the certificate with which each client "
            + "came last",
        "what",
        "client"
    );

    public static IEnumerable<Metric> All =>
        typeof(MetricTable)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(row => (Metric)row.GetValue(null)!)
            .OrderBy(metric => metric.Name, StringComparer.Ordinal);
}
