using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>Shares as a door took them: opened, not yet placed. Their secrets stay the door's to dispose.</summary>
/// <param name="Shares">In the order in which they were sent.</param>
/// <param name="Provenance">By which door they came.</param>
/// <param name="Label">What the vault has as their origin.</param>
/// <param name="LowWatermark">What is stated about their past.</param>
/// <param name="Right">What the door's client needs.</param>
public sealed record SharePush(
    IReadOnlyList<(BlsPublicKey Key, BlsSecretKey Secret)> Shares,
    ShareProvenance Provenance,
    string Label,
    DeclaredHistory LowWatermark,
    AdminRight Right
)
{
    /// <summary>An EIP-3076 interchange file that came along, UTF-8; null for none.</summary>
    public ReadOnlyMemory<byte>? History { get; init; }

    /// <summary>Do they take the place of other shares of their validators? Then those are parked.</summary>
    public bool Replace { get; init; }
}

/// <summary>What became of a share that was sent; a closed choice.</summary>
public abstract record PushedShare
{
    private PushedShare() { }

    /// <summary>It came in.</summary>
    public sealed record Imported : PushedShare;

    /// <summary>
    /// It came in without its place in a cluster, because two who may be believed disagree about it: <paramref name="Detail"/> names both.
    /// </summary>
    public sealed record Unplaced(string Detail) : PushedShare;

    /// <summary>It signs here already.</summary>
    public sealed record Duplicate : PushedShare;
}
