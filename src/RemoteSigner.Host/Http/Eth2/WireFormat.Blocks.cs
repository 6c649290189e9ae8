using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <content>Blocks: a header from Bellatrix on, the whole body before.</content>
public static partial class WireFormat
{
    private static Block ReadPhase0Block(in JsonObject envelope) =>
        ReadBlock(envelope.Object("block"u8), Fork.Phase0, ReadForkInfo(envelope));

    private static Block ReadVersionedBlock(in JsonObject envelope)
    {
        var versioned = envelope.Object("beacon_block"u8);
        var fork = ReadFork(versioned);
        var block = versioned.Object(fork < Fork.Bellatrix ? "block"u8 : "block_header"u8);
        return ReadBlock(block, fork, ReadForkInfo(envelope));
    }

    private static Block ReadBlock(in JsonObject block, Fork fork, ForkInfo forkInfo) =>
        new(
            block.Slot("slot"u8),
            block.Number("proposer_index"u8),
            block.Fixed<Root>("parent_root"u8),
            block.Fixed<Root>("state_root"u8),
            fork < Fork.Bellatrix ? ReadBody(block.Object("body"u8), fork) : new BlockBody.RootOnly(block.Fixed<Root>("body_root"u8)),
            forkInfo
        );

    private static BlockBody.Full ReadBody(in JsonObject body, Fork fork) =>
        new(
            body.Fixed<BlsSignature>("randao_reveal"u8),
            ReadEth1Vote(body.Object("eth1_data"u8)),
            body.Fixed<Root>("graffiti"u8),
            body.Objects("proposer_slashings"u8, ReadProposerSlashing),
            body.Objects("attester_slashings"u8, ReadAttesterSlashing),
            body.Objects("attestations"u8, ReadAggregate),
            body.Objects("deposits"u8, ReadBlockDeposit),
            body.Objects("voluntary_exits"u8, ReadSignedVoluntaryExit),
            fork >= Fork.Altair ? ReadSyncAggregate(body.Object("sync_aggregate"u8)) : null
        );

    private static Eth1Vote ReadEth1Vote(in JsonObject vote) =>
        new(vote.Fixed<Root>("deposit_root"u8), vote.Number("deposit_count"u8), vote.Fixed<Root>("block_hash"u8));

    private static ProposerSlashing ReadProposerSlashing(in JsonObject slashing) =>
        new(ReadSignedBlockHeader(slashing.Object("signed_header_1"u8)), ReadSignedBlockHeader(slashing.Object("signed_header_2"u8)));

    private static SignedBlockHeader ReadSignedBlockHeader(in JsonObject signed)
    {
        var header = signed.Object("message"u8);
        return new SignedBlockHeader(
            new BeaconBlockHeader(
                header.Slot("slot"u8),
                header.Number("proposer_index"u8),
                header.Fixed<Root>("parent_root"u8),
                header.Fixed<Root>("state_root"u8),
                header.Fixed<Root>("body_root"u8)
            ),
            signed.Fixed<BlsSignature>("signature"u8)
        );
    }

    private static AttesterSlashing ReadAttesterSlashing(in JsonObject slashing) =>
        new(ReadIndexedAttestation(slashing.Object("attestation_1"u8)), ReadIndexedAttestation(slashing.Object("attestation_2"u8)));

    private static IndexedAttestation ReadIndexedAttestation(in JsonObject attestation) =>
        new(
            attestation.Numbers("attesting_indices"u8),
            ReadAttestationData(attestation.Object("data"u8)),
            attestation.Fixed<BlsSignature>("signature"u8)
        );

    private static BlockDeposit ReadBlockDeposit(in JsonObject deposit)
    {
        var data = deposit.Object("data"u8);
        return new BlockDeposit(
            deposit.FixedArray<Root>("proof"u8),
            data.Fixed<BlsPublicKey>("pubkey"u8),
            data.Fixed<Root>("withdrawal_credentials"u8),
            data.Number("amount"u8),
            data.Fixed<BlsSignature>("signature"u8)
        );
    }

    private static SignedVoluntaryExit ReadSignedVoluntaryExit(in JsonObject signed)
    {
        var exit = signed.Object("message"u8);
        return new SignedVoluntaryExit(exit.Epoch("epoch"u8), exit.Number("validator_index"u8), signed.Fixed<BlsSignature>("signature"u8));
    }

    private static SyncAggregate ReadSyncAggregate(in JsonObject aggregate) =>
        new(aggregate.Bytes("sync_committee_bits"u8), aggregate.Fixed<BlsSignature>("sync_committee_signature"u8));
}
