using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <content>The payloads, but for blocks.</content>
public static partial class WireFormat
{
    private static Attestation ReadAttestation(in JsonObject envelope) =>
        new(ReadAttestationData(envelope.Object("attestation"u8)), ReadForkInfo(envelope));

    private static AttestationData ReadAttestationData(in JsonObject data) =>
        new(
            data.Slot("slot"u8),
            data.Number("index"u8),
            data.Fixed<Root>("beacon_block_root"u8),
            ReadCheckpoint(data.Object("source"u8)),
            ReadCheckpoint(data.Object("target"u8))
        );

    private static Checkpoint ReadCheckpoint(in JsonObject checkpoint) =>
        new(checkpoint.Epoch("epoch"u8), checkpoint.Fixed<Root>("root"u8));

    private static AggregationSlot ReadAggregationSlot(in JsonObject envelope) =>
        new(envelope.Object("aggregation_slot"u8).Slot("slot"u8), ReadForkInfo(envelope));

    // Both names come in both shapes: bare, or wrapped with the name of a fork. The name does not choose the schema, the slot does.
    private static AggregateAndProof ReadAggregateAndProof(in JsonObject envelope)
    {
        var payload = envelope.Object("aggregate_and_proof"u8);
        if (!payload.Has("data"u8))
        {
            return ReadAggregateAndProof(payload, ReadForkInfo(envelope));
        }

        if (payload.Has("aggregate"u8))
        {
            payload.Reject(MalformedRequest.DoubledMember, "aggregate"u8, "stands beside data: the message is given twice");
        }

        return ReadAggregateAndProof(payload.Object("data"u8), ReadForkInfo(envelope)) with
        {
            NamedFork = ReadFork(payload),
        };
    }

    private static AggregateAndProof ReadAggregateAndProof(in JsonObject proof, ForkInfo forkInfo) =>
        new(
            proof.Number("aggregator_index"u8),
            ReadAggregate(proof.Object("aggregate"u8)),
            proof.Fixed<BlsSignature>("selection_proof"u8),
            forkInfo
        );

    private static SignedAggregate ReadAggregate(in JsonObject aggregate) =>
        new(
            aggregate.Bytes("aggregation_bits"u8),
            ReadAttestationData(aggregate.Object("data"u8)),
            aggregate.Fixed<BlsSignature>("signature"u8),
            aggregate.Has("committee_bits"u8) ? aggregate.Bytes("committee_bits"u8) : null
        );

    private static RandaoReveal ReadRandaoReveal(in JsonObject envelope) =>
        new(envelope.Object("randao_reveal"u8).Epoch("epoch"u8), ReadForkInfo(envelope));

    private static VoluntaryExit ReadVoluntaryExit(in JsonObject envelope)
    {
        var exit = envelope.Object("voluntary_exit"u8);
        return new VoluntaryExit(exit.Epoch("epoch"u8), exit.Number("validator_index"u8), ReadForkInfo(envelope));
    }

    private static SyncCommitteeMessage ReadSyncCommitteeMessage(in JsonObject envelope)
    {
        var message = envelope.Object("sync_committee_message"u8);
        return new SyncCommitteeMessage(message.Slot("slot"u8), message.Fixed<Root>("beacon_block_root"u8), ReadForkInfo(envelope));
    }

    private static SyncCommitteeSelectionProof ReadSyncCommitteeSelectionProof(in JsonObject envelope)
    {
        var selection = envelope.Object("sync_aggregator_selection_data"u8);
        return new SyncCommitteeSelectionProof(selection.Slot("slot"u8), selection.Number("subcommittee_index"u8), ReadForkInfo(envelope));
    }

    private static SyncCommitteeContributionAndProof ReadSyncCommitteeContributionAndProof(in JsonObject envelope)
    {
        var proof = envelope.Object("contribution_and_proof"u8);
        return new SyncCommitteeContributionAndProof(
            proof.Number("aggregator_index"u8),
            ReadContribution(proof.Object("contribution"u8)),
            proof.Fixed<BlsSignature>("selection_proof"u8),
            ReadForkInfo(envelope)
        );
    }

    private static SyncCommitteeContribution ReadContribution(in JsonObject contribution) =>
        new(
            contribution.Slot("slot"u8),
            contribution.Fixed<Root>("beacon_block_root"u8),
            contribution.Number("subcommittee_index"u8),
            contribution.Bytes("aggregation_bits"u8),
            contribution.Fixed<BlsSignature>("signature"u8)
        );

    private static ValidatorRegistration ReadValidatorRegistration(in JsonObject envelope)
    {
        var registration = envelope.Object("validator_registration"u8);
        return new ValidatorRegistration(
            registration.Fixed<ExecutionAddress>("fee_recipient"u8),
            registration.Number("gas_limit"u8),
            registration.Number("timestamp"u8),
            registration.Fixed<BlsPublicKey>("pubkey"u8)
        );
    }

    private static Deposit ReadDeposit(in JsonObject envelope)
    {
        var deposit = envelope.Object("deposit"u8);
        return new Deposit(
            deposit.Fixed<BlsPublicKey>("pubkey"u8),
            deposit.Fixed<Root>("withdrawal_credentials"u8),
            deposit.Number("amount"u8),
            deposit.Fixed<ForkVersion>("genesis_fork_version"u8)
        );
    }
}
