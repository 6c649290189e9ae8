using System.Collections.Immutable;

namespace RemoteSigner.Spec;

/// <summary>What is known of a block's body; a closed choice.</summary>
public abstract record BlockBody
{
    private BlockBody() { }

    /// <exception cref="SpecException">A list or bit field is longer than the specification allows.</exception>
    public abstract Root HashTreeRoot(Preset preset);

    /// <summary>Only the body's root, 32 bytes.</summary>
    public sealed record RootOnly(Root BodyRoot) : BlockBody
    {
        public override Root HashTreeRoot(Preset preset) => BodyRoot;
    }

    /// <summary>A whole <c>BeaconBlockBody</c> of phase0, or of Altair when <paramref name="SyncAggregate"/> is there.</summary>
    public sealed record Full(
        BlsSignature RandaoReveal,
        Eth1Vote Eth1Vote,
        Root Graffiti,
        ImmutableArray<ProposerSlashing> ProposerSlashings,
        ImmutableArray<AttesterSlashing> AttesterSlashings,
        ImmutableArray<SignedAggregate> Attestations,
        ImmutableArray<BlockDeposit> Deposits,
        ImmutableArray<SignedVoluntaryExit> VoluntaryExits,
        SyncAggregate? SyncAggregate
    ) : BlockBody
    {
        /// <summary>The one fork that has such a body.</summary>
        public Fork Fork => SyncAggregate is null ? Fork.Phase0 : Fork.Altair;

        public override Root HashTreeRoot(Preset preset)
        {
            ReadOnlySpan<Root> phase0 =
            [
                SszHasher.Bytes(RandaoReveal.Bytes),
                Eth1Vote.HashTreeRoot(),
                Graffiti,
                SszHasher.List([.. ProposerSlashings.Select(slashing => slashing.HashTreeRoot())], Preset.MaxProposerSlashings),
                SszHasher.List([.. AttesterSlashings.Select(slashing => slashing.HashTreeRoot())], Preset.MaxAttesterSlashings),
                SszHasher.List([.. Attestations.Select(aggregate => aggregate.HashTreeRoot(Fork.Phase0, preset))], Preset.MaxAttestations),
                SszHasher.List([.. Deposits.Select(deposit => deposit.HashTreeRoot())], Preset.MaxDeposits),
                SszHasher.List([.. VoluntaryExits.Select(exit => exit.HashTreeRoot())], Preset.MaxVoluntaryExits),
            ];
            return SyncAggregate is null
                ? SszHasher.Container(phase0)
                : SszHasher.Container([.. phase0, SyncAggregate.HashTreeRoot(preset)]);
        }
    }
}
