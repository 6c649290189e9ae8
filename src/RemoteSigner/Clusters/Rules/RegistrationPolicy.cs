using System.Collections.Frozen;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// What the operator lets builders be told. <paramref name="FeeRecipients"/> are allowed beside the one of a share's cluster lock; where
/// there is neither, every address is. The gas limits are both inclusive.
/// </summary>
public sealed record RegistrationPolicy(FrozenSet<ExecutionAddress> FeeRecipients, ulong MinGasLimit, ulong MaxGasLimit)
{
    /// <summary>No list and no band.</summary>
    public static RegistrationPolicy None { get; } = new(FrozenSet<ExecutionAddress>.Empty, 0, ulong.MaxValue);
}
