namespace RemoteSigner.Spec;

/// <summary>
/// The duty PAYLOAD_ATTESTATION_MESSAGE: a member of the payload timeliness committee says whether the payload of a block was there in
/// time, and its blobs. What is signed is consensus-specs <c>PayloadAttestationData</c>, without the validator's index. No pair of these is
/// slashable.
/// </summary>
public sealed record PayloadAttestation(Root BeaconBlockRoot, Slot Slot, bool PayloadPresent, bool BlobDataAvailable, ForkInfo ForkInfo)
    : SignableMessage
{
    public override DutyType Type => DutyType.PayloadAttestation;

    public override SlashableContent Slashable => SlashableContent.None.Instance;

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Slot;

    public override Epoch? DutyEpoch => null;

    internal override string? ProblemIn(Fork fork) => OnlyFromGloas(fork);

    public override Root HashTreeRoot(Network network) =>
        SszHasher.Container(
            BeaconBlockRoot,
            SszHasher.Number(Slot.Value),
            SszHasher.Boolean(PayloadPresent),
            SszHasher.Boolean(BlobDataAvailable)
        );

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.PtcAttester, network.EpochOf(Slot));
}
