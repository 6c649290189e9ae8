namespace RemoteSigner.Spec;

/// <summary>
/// The duty EXECUTION_PAYLOAD_ENVELOPE (consensus-specs): whoever built the payload of a block reveals it. A proposer that builds for
/// itself signs with its validator's key.
/// </summary>
public sealed record ExecutionPayloadEnvelope(
    ExecutionPayload Payload,
    ExecutionRequests Requests,
    ulong BuilderIndex,
    Root BeaconBlockRoot,
    Root ParentBeaconBlockRoot,
    ForkInfo ForkInfo
) : SignableMessage
{
    /// <summary>BUILDER_INDEX_SELF_BUILD: the proposer built the payload.</summary>
    public const ulong SelfBuilt = ulong.MaxValue;

    public override DutyType Type => DutyType.ExecutionPayloadEnvelope;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Payload.Slot;

    public override Epoch? DutyEpoch => null;

    internal override string? ProblemIn(Fork fork) => OnlyFromGloas(fork);

    public override Root HashTreeRoot(Network network) =>
        SszHasher.ProgressiveContainer(
            Payload.HashTreeRoot(),
            Requests.HashTreeRoot(),
            SszHasher.Number(BuilderIndex),
            BeaconBlockRoot,
            ParentBeaconBlockRoot
        );

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.BeaconBuilder, network.EpochOf(Payload.Slot));
}
