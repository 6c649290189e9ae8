using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// One validator's history in numbers: the public keys that share it, how many blocks and votes are kept, the newest of them, and the low
/// watermarks (null: nothing signed yet).
/// </summary>
public sealed record ValidatorStatus(
    IReadOnlyList<ValidatorStatus.Key> Keys,
    long Blocks,
    Slot? NewestSlot,
    Slot? LowestSlot,
    long Attestations,
    Epoch? NewestSource,
    Epoch? NewestTarget,
    Epoch? LowestSource,
    Epoch? LowestTarget
)
{
    /// <summary>A share key with its state, or the validator's group key.</summary>
    public sealed record Key(BlsPublicKey PublicKey, KeyState State, bool IsGroupKey);
}
