using System.Diagnostics;
using RemoteSigner.Native;

namespace RemoteSigner.Clusters;

/// <summary>A cluster file could not be read: it was not even looked at whether it is genuine.</summary>
public sealed class ClusterFileException : OperatorException
{
    public ClusterFileException(ClusterFileFault fault, string message, string hint, Exception? innerException = null)
        : base(message, hint, innerException) => Fault = fault;

    /// <summary>The kind of trouble.</summary>
    public ClusterFileFault Fault { get; }
}

/// <summary>What can be wrong with a cluster file.</summary>
public enum ClusterFileFault
{
    /// <summary>Larger than any cluster's.</summary>
    TooLarge,

    /// <summary>Not JSON, too deep, or a member appears twice.</summary>
    NotJson,

    /// <summary>A member is missing, unlawful or unknown to this version.</summary>
    Malformed,

    /// <summary>A version that this program does not know.</summary>
    UnknownVersion,

    /// <summary>A node's key file does not hold a key.</summary>
    NodeKey,

    /// <summary>A document of the archive is not the one that its name says.</summary>
    OtherHash,
}

/// <summary>The reason code of a fault: a member may be renamed, its code not.</summary>
public static class ClusterFileFaultCodes
{
    public static string Code(this ClusterFileFault fault) =>
        fault switch
        {
            ClusterFileFault.TooLarge => "too_large",
            ClusterFileFault.NotJson => "not_json",
            ClusterFileFault.Malformed => "malformed",
            ClusterFileFault.UnknownVersion => "unknown_version",
            ClusterFileFault.NodeKey => "node_key",
            ClusterFileFault.OtherHash => "other_hash",
            _ => throw new UnreachableException($"the fault {fault} has no code"),
        };
}
