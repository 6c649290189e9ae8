using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Control;

/// <summary>What <c>cluster import</c> and <c>bind</c> are asked to do. Paths are absolute: whoever does it reads the files himself, and no secret is in here.</summary>
internal sealed record ClusterOrder
{
    /// <summary>A Charon lock; null: the one in the node's folder.</summary>
    public string? Lock { get; init; }

    /// <summary>The node's <c>.charon</c> folder.</summary>
    public string? Node { get; init; }

    /// <summary>Instead of the folder: the node's record, or its public key.</summary>
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

    public bool Replace { get; init; }

    public int MemoryMib { get; init; }

    /// <summary>All that is going to be read: the files that are named, and those in the node's folder.</summary>
    [JsonIgnore]
    public IEnumerable<string> Paths =>
    [
        .. new[] { Lock, Keyshares, OperatorKey, OperatorPassword, Slashing }.OfType<string>(),
        .. Directory.Exists(Node) ? Directory.EnumerateFiles(Node, "*", SearchOption.AllDirectories) : [],
    ];
}
