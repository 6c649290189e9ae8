using System.Diagnostics;

namespace RemoteSigner.Slashing;

/// <summary>
/// How far an interchange file is trusted about validators that have history here already. Without history both mean the same: the lowest
/// numbers of the file become the low watermarks.
/// </summary>
public enum InterchangeReading
{
    /// <summary>
    /// Below its lowest numbers the file tells nothing, as after pruning or when it was minified: low watermarks rise to them. The safe
    /// choice.
    /// </summary>
    LowWatermarksAtLowest,

    /// <summary>
    /// File and ledger together are all that was ever signed: low watermarks stay, and gaps between the two may be signed (as the
    /// interchange scenarios expect of a complete database).
    /// </summary>
    Complete,
}

/// <summary>The word for a reading in the audit log: a member may be renamed, its word not.</summary>
public static class InterchangeReadingNames
{
    public static string Name(this InterchangeReading reading) =>
        reading switch
        {
            InterchangeReading.LowWatermarksAtLowest => "LowWatermarksAtLowest",
            InterchangeReading.Complete => "Complete",
            _ => throw new UnreachableException($"the reading {reading} has no name"),
        };
}
