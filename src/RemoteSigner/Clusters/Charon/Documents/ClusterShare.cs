using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// What a lock says about one share of one validator: everything an import has to compare a keystore with, and to remember with the key.
/// </summary>
public sealed record ClusterShare
{
    /// <summary>The validator's public key on chain.</summary>
    public required BlsPublicKey GroupKey { get; init; }

    /// <summary>The public key of the share, under which validator clients know it.</summary>
    public required BlsPublicKey PublicShare { get; init; }

    /// <summary>From 1: the x-coordinate of the share.</summary>
    public required ulong ShareIndex { get; init; }

    /// <summary>How many partial signatures make one of the group.</summary>
    public required int Threshold { get; init; }

    /// <summary>How many shares there are.</summary>
    public required int Operators { get; init; }

    /// <summary>The validator's position in the lock, from 0; Charon's <c>keystore-N.json</c> has the same number.</summary>
    public required int Position { get; init; }

    public required Root LockHash { get; init; }

    public required Root DefinitionHash { get; init; }

    /// <summary>The genesis fork version of the network.</summary>
    public required ForkVersion ForkVersion { get; init; }

    /// <summary>Null where the definition names none.</summary>
    public required ExecutionAddress? FeeRecipient { get; init; }
}
