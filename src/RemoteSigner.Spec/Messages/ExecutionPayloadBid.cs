namespace RemoteSigner.Spec;

/// <summary>
/// The duty EXECUTION_PAYLOAD_BID (consensus-specs): a builder offers <paramref name="Value"/> for the payload of a slot, in Gwei and taken
/// from its stake once a block includes the bid, whether the payload comes or not; <paramref name="ExecutionPayment"/> is what it promises
/// beside that, in Gwei.
/// </summary>
public sealed record ExecutionPayloadBid(
    Root ParentBlockHash,
    Root ParentBlockRoot,
    Root BlockHash,
    Root PrevRandao,
    ExecutionAddress FeeRecipient,
    ulong GasLimit,
    ulong BuilderIndex,
    Slot Slot,
    ulong Value,
    ulong ExecutionPayment,
    HashedList BlobKzgCommitments,
    Root ExecutionRequestsRoot,
    ForkInfo ForkInfo
) : SignableMessage
{
    public override DutyType Type => DutyType.ExecutionPayloadBid;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    internal override string? ProblemIn(Fork fork) => fork > Fork.Gloas ? "a bid has other members there" : OnlyFromGloas(fork);

    public override Root HashTreeRoot(Network network) =>
        SszHasher.ProgressiveContainer(
            ParentBlockHash,
            ParentBlockRoot,
            BlockHash,
            PrevRandao,
            SszHasher.Bytes(FeeRecipient.Bytes),
            SszHasher.Number(GasLimit),
            SszHasher.Number(BuilderIndex),
            SszHasher.Number(Slot.Value),
            SszHasher.Number(Value),
            SszHasher.Number(ExecutionPayment),
            BlobKzgCommitments.Root,
            ExecutionRequestsRoot
        );

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.BeaconBuilder, network.EpochOf(Slot));
}
