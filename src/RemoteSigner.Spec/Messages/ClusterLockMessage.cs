using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// A Charon cluster lock to be signed with a share: the roots of its definition and of each of its validators. Charon signs the bare lock
/// hash, which is SHA-256(definition ‖ list of validators), without a domain. That has the shape of a signing root, and the list stands
/// where the domain does: a list's root is itself a hash, over its length, so that nobody can choose validators whose root is a domain. A
/// lock hash is therefore never the root of a duty, and no choice of the roots given here makes it any other root of one's choosing.
/// </summary>
public sealed record ClusterLockMessage(Root Definition, ImmutableArray<Root> Validators) : SignableMessage
{
    private const ulong MaxValidators = 65536;

    public override DutyType Type => DutyType.ClusterLock;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => null;

    public override Slot? DutySlot => null;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) => Definition;

    internal override Domain GetDomain(Network network) => new(SszHasher.List(Validators.AsSpan(), MaxValidators).Bytes);
}
