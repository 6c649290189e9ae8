namespace RemoteSigner.Spec;

/// <summary>The duty ATTESTATION: one validator's vote. Its fork is that of the target epoch, not of the slot.</summary>
public sealed record Attestation(AttestationData Vote, ForkInfo ForkInfo) : SignableMessage
{
    public override DutyType Type => DutyType.Attestation;

    public override SlashableContent Slashable => new SlashableContent.Attestation(Vote.Source.Epoch, Vote.Target.Epoch, Vote.Slot);

    public override Root? GenesisValidatorsRoot => ForkInfo.GenesisValidatorsRoot;

    public override Slot? DutySlot => Vote.Slot;

    public override Epoch? DutyEpoch => Vote.Target.Epoch;

    // From Gloas on the index says whether the payload is there, and a chain includes no other number.
    internal override string? ProblemIn(Fork fork) =>
        fork >= Fork.Gloas && Vote.Index > 1 ? $"the index of a vote is 0 or 1 there, not {Vote.Index}" : null;

    public override Root HashTreeRoot(Network network) => Vote.HashTreeRoot();

    internal override Domain GetDomain(Network network) => ForkInfo.GetDomain(DomainType.BeaconAttester, Vote.Target.Epoch);
}
