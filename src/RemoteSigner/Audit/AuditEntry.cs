using RemoteSigner.Spec;

namespace RemoteSigner.Audit;

/// <summary>
/// One thing that happened, as evidence for later: who asked with which certificate, for which key, what for, and how it ended. Never a
/// secret, never a body. The sequence number and the time are given by <see cref="AuditLog"/>. Members that do not apply are null. A value:
/// one is made for every duty, and written at once.
/// </summary>
public readonly record struct AuditEntry
{
    private readonly IReadOnlyList<BlsPublicKey>? _keys;

    /// <summary>
    /// What it was: <c>sign</c>, or a dotted name such as <c>key.import</c>, <c>seal.rotate</c>, <c>client.refused</c>,
    /// <c>slashing.prune</c>.
    /// </summary>
    public required string Action { get; init; }

    public required AuditDecision Decision { get; init; }

    /// <summary>The id under which the request stands in the log of this program.</summary>
    public string? RequestId { get; init; }

    /// <summary>The client's name, from its certificate.</summary>
    public string? Client { get; init; }

    /// <summary>SHA-256 of the client's certificate (DER), 64 hex digits.</summary>
    public string? ClientFingerprint { get; init; }

    /// <summary>The user of this machine who did it at the command line.</summary>
    public string? User { get; init; }

    public BlsPublicKey? ShareKey { get; init; }

    public BlsPublicKey? GroupKey { get; init; }

    /// <summary>All keys it is about, where it is about several at once.</summary>
    public IReadOnlyList<BlsPublicKey> Keys
    {
        get => _keys ?? [];
        init => _keys = value;
    }

    /// <summary>SHA-256 of the file that was read.</summary>
    public Root? FileHash { get; init; }

    /// <summary>Of a checkpoint: the number of the last entry that is in the file and no longer in the log.</summary>
    public long? Through { get; init; }

    /// <summary>Of a checkpoint: the hash of that entry.</summary>
    public Root? Head { get; init; }

    public DutyType? Duty { get; init; }

    public Slot? Slot { get; init; }

    public Epoch? SourceEpoch { get; init; }

    public Epoch? TargetEpoch { get; init; }

    public Root? SigningRoot { get; init; }

    /// <summary>The identical root was recorded before, and is signed once more.</summary>
    public bool SignedBefore { get; init; }

    /// <summary>The rule that stood against it, by its name.</summary>
    public string? Rule { get; init; }

    /// <summary>
    /// Of a refusal beyond what one client may have written one by one: how many equal ones there were within the hour, this one included.
    /// </summary>
    public long? Count { get; init; }

    /// <summary>A sentence for people; nothing secret.</summary>
    public string? Detail { get; init; }
}
