using RemoteSigner.Spec;

namespace RemoteSigner.Access;

/// <summary>What rights can be written about of an open key: its names, and its place in a cluster where it has one.</summary>
/// <param name="PublicKey">Of the share, or of the whole key.</param>
/// <param name="GroupKey">The validator's, where it is known.</param>
/// <param name="Label">What it was called when it came in: the file name of its keystore, or by which way it was pushed (<c>keymanager
/// push</c>, <c>ssv push</c>).</param>
/// <param name="ClusterHash">Of the cluster's document.</param>
/// <param name="ClusterName">As the document has it; null where the document is not here.</param>
/// <param name="ShareIndex">The operator's id with SSV, the operator's place from 1 with Charon.</param>
public sealed record KeyTraits(
    BlsPublicKey PublicKey,
    BlsPublicKey? GroupKey,
    string Label,
    Root? ClusterHash,
    string? ClusterName,
    ulong? ShareIndex
)
{
    /// <summary>False where the key is not open, and nothing but its name is known.</summary>
    public bool IsOpen { get; private init; } = true;

    /// <summary>All that is known of a key that is not open.</summary>
    public static KeyTraits Of(BlsPublicKey key) => new(key, null, "", null, null, null) { IsOpen = false };
}
