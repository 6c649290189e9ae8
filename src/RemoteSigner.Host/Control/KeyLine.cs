namespace RemoteSigner.Host.Control;

/// <summary>A share as <c>keys list</c> prints it.</summary>
/// <param name="State">That of its key in the ledger, such as <c>active</c> or <c>parked</c>.</param>
/// <param name="Place">Whether it has its place: <see cref="Placed"/>, <see cref="Waiting"/>, <see cref="Orphan"/> or
/// <see cref="Bare"/>.</param>
/// <param name="Ceremony">Of one that was pushed: the push that brought it, by its time in UTC; null for all others.</param>
internal sealed record KeyLine(
    string PublicKey,
    string? GroupKey,
    ulong ShareIndex,
    string Label,
    string State,
    string Place,
    string? Ceremony
)
{
    /// <summary>It is a member of a cluster.</summary>
    public const string Placed = "placed";

    /// <summary>It was pushed, and no document that is kept here has it.</summary>
    public const string Waiting = "waits";

    /// <summary>
    /// As <see cref="Waiting"/>, and a document came after its push that is in force with shares of a later one: the ceremony that made it
    /// failed, as it seems, and was held again. Whether the two pushes were of one ceremony nobody can tell.
    /// </summary>
    public const string Orphan = "orphan";

    /// <summary>It came without a cluster, such as a whole key.</summary>
    public const string Bare = "bare";
}
