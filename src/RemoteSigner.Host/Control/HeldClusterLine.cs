namespace RemoteSigner.Host.Control;

/// <summary>
/// A document of a cluster, and what is here of it, as <c>cluster list</c> and <c>show</c> print it. Nothing is opened for it: vault and
/// archive say so, and prove nothing.
/// </summary>
/// <param name="ClusterHash">Its hash.</param>
/// <param name="Name">What people call the cluster; null where the document cannot be read.</param>
/// <param name="State">One of <see cref="InForce"/>, <see cref="Parked"/>, <see cref="Exported"/>, <see cref="Superseded"/>,
/// <see cref="Waiting"/>.</param>
/// <param name="Since">When it was first kept here, UTC.</param>
/// <param name="Successor">The document that is in force in its place; null while it is itself.</param>
/// <param name="Origin">The oldest document of its line: those of one cluster, one after the other, have the same.</param>
/// <param name="Anchor">Why it is believed, as its file claims, or <see cref="NotAnchored"/>.</param>
/// <param name="Problem">Why it cannot be read.</param>
/// <param name="Validators">How many it has; null where it cannot be read.</param>
/// <param name="ExportedTo">Where keystores of its shares were written for a ceremony, and were not seen gone since; none: they are not
/// out.</param>
/// <param name="ParkedUntil">When its parked shares are given up by themselves; null: when 'cluster commit' says so, or none are
/// parked.</param>
internal sealed record HeldClusterLine(
    string ClusterHash,
    string? Name,
    string State,
    DateTimeOffset? Since,
    string? Successor,
    string Origin,
    string Anchor,
    string? Problem,
    ulong? ShareIndex,
    int Threshold,
    int Operators,
    int? Validators,
    DateTimeOffset? ParkedUntil,
    IReadOnlyList<string> ExportedTo,
    IReadOnlyList<HeldClusterLine.HeldShare> Shares
)
{
    /// <summary>What stands where nothing anchors a document: it says nothing about shares that come in.</summary>
    public const string NotAnchored = "not_anchored";

    /// <summary>Shares here sign as members of it.</summary>
    public const string InForce = "in_force";

    /// <summary>Its shares here are parked: others of the same validators sign in their place.</summary>
    public const string Parked = "parked";

    /// <summary>Its shares here are out for a ceremony, and sign nothing.</summary>
    public const string Exported = "exported";

    /// <summary>Nothing here belongs to it any more.</summary>
    public const string Superseded = "superseded";

    /// <summary>It is kept for shares that have not come yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>One validator's share that is held. <paramref name="State"/> is that of its key in the ledger.</summary>
    internal sealed record HeldShare(
        string GroupKey,
        string ShareKey,
        ulong ShareIndex,
        int Threshold,
        string Provenance,
        string? FeeRecipient,
        string State
    );
}
