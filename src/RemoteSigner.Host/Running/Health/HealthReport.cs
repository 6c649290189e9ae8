using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Running;

/// <summary>
/// The answer of <c>/healthcheck</c> in Web3Signer's shape, with a word of our own between its two: a part of the duties is refused, the
/// others are signed.
/// </summary>
internal sealed record HealthReport(string Status, IReadOnlyList<HealthReport.Check> Checks, string Outcome)
{
    public const string Up = "UP";

    public const string Degraded = "DEGRADED";

    public const string Down = "DOWN";

    public static HealthReport Of(IReadOnlyList<Check> checks)
    {
        var status = StatusOf(checks);
        return new HealthReport(status, checks, status);
    }

    private static string StatusOf(IEnumerable<Check> checks) =>
        checks.Any(check => check.Status == Down) ? Down
        : checks.Any(check => check.Status == Degraded) ? Degraded
        : Up;

    /// <summary>One check, or a group of them, which is as its worst member.</summary>
    internal sealed record Check(string Id, string Status, IReadOnlyList<Check>? Checks = null, CheckFigures? Data = null)
    {
        public static Check Of(string id, bool up, CheckFigures? data = null) => Of(id, up ? Up : Down, data);

        public static Check Of(string id, string status, CheckFigures? data = null) => new(id, status, Data: data);

        public static Check Group(string id, params IReadOnlyList<Check> members) => new(id, StatusOf(members), members);
    }

    /// <summary>Figures and reasons of a check; only those that apply are written.</summary>
    internal sealed record CheckFigures(
        [property: JsonPropertyName("keys-loaded")] int? KeysLoaded = null,
        [property: JsonPropertyName("error-count")] int? ErrorCount = null,
        [property: JsonPropertyName("keys-expected")] int? KeysExpected = null,
        [property: JsonPropertyName("state")] string? State = null,
        [property: JsonPropertyName("detail")] string? Detail = null,
        [property: JsonPropertyName("age-seconds")] double? AgeSeconds = null,
        [property: JsonPropertyName("ledger-bytes")] long? LedgerBytes = null,
        [property: JsonPropertyName("free-bytes")] long? FreeBytes = null,
        [property: JsonPropertyName("reserve-bytes")] long? ReserveBytes = null
    );
}
