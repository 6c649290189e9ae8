using System.Text.Json.Serialization;

namespace RemoteSigner.Sealing;

/// <summary>What the enrolment of a key-encryption key showed; holds nothing secret and is worth keeping.</summary>
/// <param name="Profile">Name of the HSM profile.</param>
/// <param name="TokenLabel">The token's label.</param>
/// <param name="TokenSerial">The token's serial number.</param>
/// <param name="Mechanism">The first mechanism of the profile that passed every trial.</param>
/// <param name="KeyId"><c>CKA_ID</c> of the new key, lower-case hex.</param>
/// <param name="KeyLabel">Its <c>CKA_LABEL</c>.</param>
/// <param name="At">When.</param>
/// <param name="Rounds">How often it was sealed and unsealed for the latencies.</param>
/// <param name="Seal">Latency of sealing.</param>
/// <param name="Unseal">Latency of unsealing, which each start of the signer pays once.</param>
/// <param name="Rejected">The mechanisms tried before, and why each was not taken.</param>
public sealed record RegistrationReport(
    string Profile,
    string TokenLabel,
    string TokenSerial,
    [property: JsonConverter(typeof(SlotTypeInReport))] VaultSlotType Mechanism,
    string KeyId,
    string KeyLabel,
    DateTimeOffset At,
    int Rounds,
    RegistrationReport.Latency Seal,
    RegistrationReport.Latency Unseal,
    IReadOnlyList<RegistrationReport.Rejection> Rejected
)
{
    /// <summary>Median and 99th percentile.</summary>
    public sealed record Latency(TimeSpan P50, TimeSpan P99)
    {
        internal static Latency Of(List<TimeSpan> times)
        {
            times.Sort();
            return new Latency(times[times.Count / 2], times[Math.Min(times.Count - 1, times.Count * 99 / 100)]);
        }
    }

    /// <summary>A mechanism that did not pass.</summary>
    public sealed record Rejection([property: JsonConverter(typeof(SlotTypeInReport))] VaultSlotType Mechanism, string Reason);
}
