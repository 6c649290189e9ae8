namespace RemoteSigner.Spec;

/// <summary>
/// What a signature is asked for. A duty that has two names on the wire (BLOCK and BLOCK_V2, AGGREGATE_AND_PROOF and its V2) is one duty
/// here.
/// </summary>
public enum DutyType
{
    AggregationSlot,
    AggregateAndProof,
    Attestation,
    Block,
    Deposit,
    RandaoReveal,
    VoluntaryExit,
    SyncCommitteeMessage,
    SyncCommitteeSelectionProof,
    SyncCommitteeContributionAndProof,
    ValidatorRegistration,

    /// <summary>A share's signature of a whole cluster lock; no duty on chain, and nothing that Web3Signer knows.</summary>
    ClusterLock,

    PayloadAttestation,
    ProposerPreferences,
    BuilderRequestAuth,
    ExecutionPayloadEnvelope,

    /// <summary>A builder's offer, which commits its stake.</summary>
    ExecutionPayloadBid,
}
