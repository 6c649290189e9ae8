using System.Globalization;
using RemoteSigner.Clusters;

namespace RemoteSigner.Keys;

/// <summary>
/// What the vault has as the origin of shares that were sent to a door: the door, and when. It tells them from others when they are bound
/// later, and the shares of one push from those of another.
/// </summary>
public static class PushLabels
{
    public const string Keymanager = "keymanager push";

    public const string Ssv = "ssv push";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The label of what came by this door at this time.</summary>
    public static string Of(string door, DateTimeOffset time) =>
        $"{door} {time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}";

    /// <summary>The time in a label, as it stands there; null in one that has none.</summary>
    public static string? CeremonyOf(string label) =>
        IsOf(label, Keymanager) && label.Length > Keymanager.Length ? label[(Keymanager.Length + 1)..] : null;

    /// <summary>The same as a moment.</summary>
    public static DateTimeOffset? TimeOf(string label) =>
        CeremonyOf(label) is { } time
            ? DateTimeOffset.ParseExact(time, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null;

    /// <summary>The provenance of a share with this label; for one that did not come by a door it is <paramref name="file"/>.</summary>
    public static ShareProvenance ProvenanceOf(string label, ShareProvenance file) =>
        IsOf(label, Keymanager) ? ShareProvenance.KeymanagerPush
        : IsOf(label, Ssv) ? ShareProvenance.SsvPush
        : file;

    // Labels of earlier versions have no time.
    private static bool IsOf(string label, string door) =>
        label == door
        || (
            label.StartsWith(door + ' ', StringComparison.Ordinal)
            && DateTime.TryParseExact(
                label[(door.Length + 1)..],
                Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out _
            )
        );
}
