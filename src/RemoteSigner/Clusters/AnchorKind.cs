using System.Diagnostics;

namespace RemoteSigner.Clusters;

/// <summary>Why a document may say whose a share is. What a document says of itself is never a reason. The numbers are stored.</summary>
public enum AnchorKind : byte
{
    /// <summary>Our own node signed the hash of the lock, with the key of its ENR.</summary>
    NodeSignature = 1,

    /// <summary>The operator named the owner and the validators of the keyshares himself, as the contract's events have them.</summary>
    StatedValidators = 2,

    /// <summary>The operator took it upon himself; nothing shows it.</summary>
    OperatorsWord = 3,

    /// <summary>A share is sealed in the vault as a member of it. Not stored: the vault says so.</summary>
    SealedMembership = 4,
}

/// <summary>The code of a reason, in <c>--json</c> and the audit log: a member may be renamed, its code not.</summary>
public static class AnchorKindCodes
{
    public static string Code(this AnchorKind kind) =>
        kind switch
        {
            AnchorKind.NodeSignature => "node_signature",
            AnchorKind.StatedValidators => "stated_validators",
            AnchorKind.OperatorsWord => "operators_word",
            AnchorKind.SealedMembership => "sealed_membership",
            _ => throw new UnreachableException($"the kind {kind} has no code"),
        };
}
