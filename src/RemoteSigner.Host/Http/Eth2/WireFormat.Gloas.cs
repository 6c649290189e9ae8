using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <content>
/// The duties that came with Gloas. The standard wraps each in an object with the name of a fork; clients of before sent some bare, and one
/// under another name. What is signed follows from the members alone.
/// </content>
public static partial class WireFormat
{
    /// <summary>
    /// In bytes, for EXECUTION_PAYLOAD_ENVELOPE alone: twice the most that the execution layer lets a block have (EIP-7934), and room for
    /// the access list.
    /// </summary>
    public const int MaxEnvelopeLength = 24 << 20;

    private const int KzgCommitmentLength = 48;
    private const string EnvelopeType = "EXECUTION_PAYLOAD_ENVELOPE";

    // The protocol's own bound (MAX_TRANSACTIONS_PER_PAYLOAD): a block that can be paid for has far fewer.
    private const int MaxTransactions = 1 << 20;

    /// <summary>Reads the body of a sign request that is longer than any but an envelope may be: nothing else is even looked at.</summary>
    internal static bool TryReadEnvelope(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out SignRequest? request,
        [NotNullWhen(false)] out MalformedRequest? fault
    ) => TryRead(body, MaxEnvelopeLength, ReadEnvelope, out request, out fault);

    private static SignRequest? ReadEnvelope(in JsonObject envelope)
    {
        if (Ascii.EqualsIgnoreCase(envelope.Text("type"u8), EnvelopeType))
        {
            return new SignRequest(ReadExecutionPayloadEnvelope(envelope), ReadClaimedSigningRoot(envelope));
        }

        envelope.Reject(
            MalformedRequest.BodyTooLarge,
            "type"u8,
            $"is not that of an envelope, and any other request has at most {MaxBodyLength} bytes"
        );
        return null;
    }

    /// <summary>Does what was read so far say that it is an envelope? By its type, or by the name of the member that is open.</summary>
    internal static bool IsEnvelope(ReadOnlySpan<byte> begun)
    {
        var reader = new Utf8JsonReader(begun, isFinalBlock: false, new JsonReaderState(JsonText.Options));
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType is not JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (reader.ValueTextEquals("execution_payload_envelope"u8))
                {
                    return true;
                }

                if (reader.ValueTextEquals("type"u8) && reader.Read() && reader.TokenType is JsonTokenType.String)
                {
                    return Ascii.EqualsIgnoreCase(reader.ValueSpan, EnvelopeType);
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return false;
    }

    // By version alone, where its own first member may stand beside it under the same name.
    private static JsonObject ReadVersioned(in JsonObject envelope, ReadOnlySpan<byte> name, ReadOnlySpan<byte> member)
    {
        var payload = envelope.Object(name);
        if (!payload.Has("version"u8) && payload.Has(member))
        {
            return payload;
        }

        if (payload.Has(member))
        {
            payload.Reject(MalformedRequest.DoubledMember, member, "stands beside data: the message is given twice");
        }

        if (ReadFork(payload) < Fork.Gloas)
        {
            payload.Reject(MalformedRequest.UnsupportedFork, "version"u8, "names a fork that has no such duty");
        }

        return payload.Object("data"u8);
    }

    private static PayloadAttestation ReadPayloadAttestation(in JsonObject envelope)
    {
        if (envelope.Has("payload_attestation"u8) && envelope.Has("payload_attestation_message"u8))
        {
            envelope.Reject(
                MalformedRequest.DoubledMember,
                "payload_attestation"u8,
                "stands beside payload_attestation_message: the message is given twice"
            );
        }

        var vote = ReadVersioned(
            envelope,
            envelope.Has("payload_attestation"u8) ? "payload_attestation"u8 : "payload_attestation_message"u8,
            "beacon_block_root"u8
        );
        return new PayloadAttestation(
            vote.Fixed<Root>("beacon_block_root"u8),
            vote.Slot("slot"u8),
            vote.Boolean("payload_present"u8),
            vote.Boolean("blob_data_available"u8),
            ReadForkInfo(envelope)
        );
    }

    private static ProposerPreferences ReadProposerPreferences(in JsonObject envelope)
    {
        var preferences = ReadVersioned(envelope, "proposer_preferences"u8, "proposal_slot"u8);
        return new ProposerPreferences(
            preferences.Fixed<Root>("dependent_root"u8),
            preferences.Slot("proposal_slot"u8),
            preferences.Number("validator_index"u8),
            preferences.Fixed<ExecutionAddress>("fee_recipient"u8),
            preferences.Number("target_gas_limit"u8),
            ReadForkInfo(envelope)
        );
    }

    private static BuilderRequestAuth ReadBuilderRequestAuth(in JsonObject envelope)
    {
        var auth = ReadVersioned(envelope, "builder_request_auth"u8, "slot"u8);
        var data = auth.Bytes("data"u8);
        if (data.Length is 0 or > BuilderRequestAuth.MaxDataBytes)
        {
            auth.Reject(MalformedRequest.MalformedMember, "data"u8, $"must be 1 to {BuilderRequestAuth.MaxDataBytes} bytes of hex");
        }

        return new BuilderRequestAuth(data, auth.Slot("slot"u8));
    }

    private static ExecutionPayloadBid ReadExecutionPayloadBid(in JsonObject envelope)
    {
        var versioned = envelope.Object("execution_payload_bid"u8);
        if (versioned.Has("version"u8) && ReadFork(versioned) > Fork.Gloas)
        {
            versioned.Reject(MalformedRequest.UnsupportedFork, "version"u8, "names a fork whose bids have other members");
        }

        var bid = ReadVersioned(envelope, "execution_payload_bid"u8, "parent_block_hash"u8);
        return new ExecutionPayloadBid(
            bid.Fixed<Root>("parent_block_hash"u8),
            bid.Fixed<Root>("parent_block_root"u8),
            bid.Fixed<Root>("block_hash"u8),
            bid.Fixed<Root>("prev_randao"u8),
            bid.Fixed<ExecutionAddress>("fee_recipient"u8),
            bid.Number("gas_limit"u8),
            bid.Number("builder_index"u8),
            bid.Slot("slot"u8),
            bid.Number("value"u8),
            bid.Number("execution_payment"u8),
            bid.HashVectors("blob_kzg_commitments"u8, KzgCommitmentLength),
            bid.Fixed<Root>("execution_requests_root"u8),
            ReadForkInfo(envelope)
        );
    }

    private static ExecutionPayloadEnvelope ReadExecutionPayloadEnvelope(in JsonObject envelope)
    {
        var data = ReadVersioned(envelope, "execution_payload_envelope"u8, "payload"u8);
        return new ExecutionPayloadEnvelope(
            ReadExecutionPayload(data.Object("payload"u8)),
            ReadExecutionRequests(data.Object("execution_requests"u8)),
            data.Number("builder_index"u8),
            data.Fixed<Root>("beacon_block_root"u8),
            data.Fixed<Root>("parent_beacon_block_root"u8),
            ReadForkInfo(envelope)
        );
    }

    private static ExecutionPayload ReadExecutionPayload(in JsonObject payload) =>
        new(
            payload.Fixed<Root>("parent_hash"u8),
            payload.Fixed<ExecutionAddress>("fee_recipient"u8),
            payload.Fixed<Root>("state_root"u8),
            payload.Fixed<Root>("receipts_root"u8),
            payload.Bytes("logs_bloom"u8),
            payload.Fixed<Root>("prev_randao"u8),
            payload.Number("block_number"u8),
            payload.Number("gas_limit"u8),
            payload.Number("gas_used"u8),
            payload.Number("timestamp"u8),
            payload.Bytes("extra_data"u8),
            payload.Number256("base_fee_per_gas"u8),
            payload.Fixed<Root>("block_hash"u8),
            payload.HashByteLists("transactions"u8, MaxTransactions),
            payload.HashObjects("withdrawals"u8, HashWithdrawal),
            payload.Number("blob_gas_used"u8),
            payload.Number("excess_blob_gas"u8),
            payload.HashBytes("block_access_list"u8),
            payload.Slot("slot_number"u8)
        );

    private static Root HashWithdrawal(in JsonObject withdrawal) =>
        SszHasher.Container(
            SszHasher.Number(withdrawal.Number("index"u8)),
            SszHasher.Number(withdrawal.Number("validator_index"u8)),
            HashOf<ExecutionAddress>(withdrawal, "address"u8),
            SszHasher.Number(withdrawal.Number("amount"u8))
        );

    private static ExecutionRequests ReadExecutionRequests(in JsonObject requests) =>
        new(
            requests.HashObjects("deposits"u8, HashDepositRequest),
            requests.HashObjects("withdrawals"u8, HashWithdrawalRequest),
            requests.HashObjects("consolidations"u8, HashConsolidationRequest),
            requests.HashObjects("builder_deposits"u8, HashBuilderDepositRequest),
            requests.HashObjects("builder_exits"u8, HashBuilderExitRequest)
        );

    private static Root HashDepositRequest(in JsonObject deposit) =>
        SszHasher.Container(
            HashOf<BlsPublicKey>(deposit, "pubkey"u8),
            deposit.Fixed<Root>("withdrawal_credentials"u8),
            SszHasher.Number(deposit.Number("amount"u8)),
            HashOf<BlsSignature>(deposit, "signature"u8),
            SszHasher.Number(deposit.Number("index"u8))
        );

    private static Root HashWithdrawalRequest(in JsonObject withdrawal) =>
        SszHasher.Container(
            HashOf<ExecutionAddress>(withdrawal, "source_address"u8),
            HashOf<BlsPublicKey>(withdrawal, "validator_pubkey"u8),
            SszHasher.Number(withdrawal.Number("amount"u8))
        );

    private static Root HashConsolidationRequest(in JsonObject consolidation) =>
        SszHasher.Container(
            HashOf<ExecutionAddress>(consolidation, "source_address"u8),
            HashOf<BlsPublicKey>(consolidation, "source_pubkey"u8),
            HashOf<BlsPublicKey>(consolidation, "target_pubkey"u8)
        );

    private static Root HashBuilderDepositRequest(in JsonObject deposit) =>
        SszHasher.Container(
            HashOf<BlsPublicKey>(deposit, "pubkey"u8),
            deposit.Fixed<Root>("withdrawal_credentials"u8),
            SszHasher.Number(deposit.Number("amount"u8)),
            HashOf<BlsSignature>(deposit, "signature"u8)
        );

    private static Root HashBuilderExitRequest(in JsonObject exit) =>
        SszHasher.Container(HashOf<ExecutionAddress>(exit, "source_address"u8), HashOf<BlsPublicKey>(exit, "pubkey"u8));

    private static Root HashOf<T>(in JsonObject parent, ReadOnlySpan<byte> name)
        where T : unmanaged
    {
        var value = parent.Fixed<T>(name);
        return SszHasher.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }
}
