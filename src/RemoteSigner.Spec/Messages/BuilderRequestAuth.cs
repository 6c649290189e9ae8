using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>
/// The duty BUILDER_REQUEST_AUTH (builder-specs): lets a proposer ask a builder for bids for <paramref name="Slot"/>.
/// <paramref name="Data"/> is 1 to 4096 bytes that the two agreed on, by default the builder's host name. Like a registration it holds on
/// every fork, and its domain has no genesis validators root.
/// </summary>
public sealed record BuilderRequestAuth(ImmutableArray<byte> Data, Slot Slot) : SignableMessage
{
    /// <summary>MAX_BUILDER_AUTH_DATA_SIZE.</summary>
    public const int MaxDataBytes = 4096;

    public override DutyType Type => DutyType.BuilderRequestAuth;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => null;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    public override Root HashTreeRoot(Network network) =>
        Data.IsEmpty
            ? throw new SpecException("The data of a builder's request is empty.")
            : SszHasher.Container(SszHasher.ByteList(Data.AsSpan(), MaxDataBytes), SszHasher.Number(Slot.Value));

    internal override Domain GetDomain(Network network) =>
        Domain.Compute(DomainType.BuilderRequestAuth, network.Forks.GenesisVersion, genesisValidatorsRoot: default);
}
