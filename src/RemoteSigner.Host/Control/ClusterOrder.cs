using System.Text.Json.Serialization;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What <c>cluster import</c> and <c>bind</c> are asked to do. Paths are absolute: whoever does it reads the files himself, and no secret
/// is in here.
/// </summary>
internal sealed record ClusterOrder
{
    /// <summary>A Charon lock; null: the one in the node's folder.</summary>
    public string? Lock { get; init; }

    /// <summary>The node's <c>.charon</c> folder.</summary>
    public string? Node { get; init; }

    /// <summary>Instead of the folder's key: the node's record, or its public key.</summary>
    public string? Enr { get; init; }

    /// <summary>SSV's keyshares, instead of a lock.</summary>
    public string? Keyshares { get; init; }

    /// <summary>The operator's private key; null: the sealed one.</summary>
    public string? OperatorKey { get; init; }

    /// <summary>File with the password of an encrypted operator key.</summary>
    public string? OperatorPassword { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<string> Validators { get; init; } = [];

    /// <summary>Is the document taken at the operator's own word?</summary>
    public bool AcceptUnanchored { get; init; }

    public bool AcceptLowThreshold { get; init; }

    public bool AcceptContractSignatures { get; init; }

    /// <summary>EIP-3076 interchange file with what the shares have signed.</summary>
    public string? Slashing { get; init; }

    public bool NeverSigned { get; init; }

    /// <summary>Does nobody state what they have signed, so that they begin at this moment of the chain?</summary>
    public bool FromNow { get; init; }

    public bool Replace { get; init; }

    /// <summary>When the shares are given up that <see cref="Replace"/> parks; null: when a person says so.</summary>
    public DateTimeOffset? ParkedUntil { get; init; }

    /// <summary>Folders in which whoever asks sees keystores of shares that were exported: a signer's unit may hide them from it.</summary>
    public IReadOnlyList<string> KeystoresAt { get; init; } = [];

    public int MemoryMib { get; init; }

    /// <summary>Is anything said about what shares have signed that are new here?</summary>
    [JsonIgnore]
    public bool IsPastStated => NeverSigned || FromNow || Slashing is not null || Replace;

    /// <summary>What is said about it.</summary>
    [JsonIgnore]
    public DeclaredHistory LowWatermark =>
        NeverSigned ? DeclaredHistory.NeverSigned
        : FromNow ? DeclaredHistory.FromNow
        : DeclaredHistory.FromHistory;

    /// <summary>All that is going to be read: the files that are named, and those in the node's folder.</summary>
    [JsonIgnore]
    public IEnumerable<string> Paths =>
        [
            .. new[] { Lock, Keyshares, OperatorKey, OperatorPassword, Slashing }.OfType<string>(),
            .. Directory.Exists(Node) ? Directory.EnumerateFiles(Node, "*", SearchOption.AllDirectories) : [],
        ];
}
