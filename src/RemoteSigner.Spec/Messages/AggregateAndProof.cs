namespace RemoteSigner.Spec;

/// <summary>
/// The duties AGGREGATE_AND_PROOF and AGGREGATE_AND_PROOF_V2: an aggregate and the proof that its sender was selected. The network's fork
/// schedule decides the schema by the aggregate's slot, as Web3Signer does it.
/// </summary>
public sealed record AggregateAndProof(ulong AggregatorIndex, SignedAggregate Aggregate, BlsSignature SelectionProof, ForkInfo ForkInfo)
    : SignableMessage
{
    /// <summary>
    /// The fork that the client named; null where it named none. It does not choose the schema, but one that has another than the slot's is
    /// no message of this network.
    /// </summary>
    public Fork? NamedFork { get; init; }

    /// <summary>The message that <see cref="SelectionProof"/> is a signature of.</summary>
    public AggregationSlot Selection => new(Aggregate.Vote.Slot, ForkInfo);

    public override DutyType Type => DutyType.AggregateAndProof;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Aggregate.Vote.Slot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network)
    {
        var fork = network.ForkAt(Aggregate.Vote.Slot);
        return NamedFork is { } named && named >= Fork.Gloas != fork >= Fork.Gloas
            ? throw new SpecException(
                $"The aggregate is named one of {named.Name()}, and its slot {Aggregate.Vote.Slot} is of "
                    + $"{fork.Name()} by the schedule of {network.Name}: is that of the client newer?"
            )
            : SszHasher.Container(
                SszHasher.Number(AggregatorIndex),
                Aggregate.HashTreeRoot(fork, network.Preset),
                SszHasher.Bytes(SelectionProof.Bytes)
            );
    }

    internal override Domain GetDomain(Network network) =>
        ForkInfo.GetDomain(DomainType.AggregateAndProof, network.EpochOf(Aggregate.Vote.Slot));
}
