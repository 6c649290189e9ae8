using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Web3Signer's JSON for sign requests. Types and forks in any case, numbers as strings or numbers, hex with or without <c>0x</c>, unknown
/// members ignored. Stricter than Web3Signer in what could hide a different message: a doubled member, or anything after the object, is
/// malformed.
/// </summary>
public static partial class WireFormat
{
    /// <summary>In bytes. The largest request but an envelope, a legacy block full of slashings, stays below half of it.</summary>
    public const int MaxBodyLength = 1 << 20;

    // Of the open proposals of the remote signing API: an object root and a domain, which together are a digest.
    private const string Generic = "GENERIC";

    // One row for each name on the wire; two names may mean one duty.
    private static readonly (string Type, JsonObject.ReadObject<SignableMessage> Read)[] _types =
    [
        ("ATTESTATION", ReadAttestation),
        ("AGGREGATION_SLOT", ReadAggregationSlot),
        ("AGGREGATE_AND_PROOF", ReadAggregateAndProof),
        ("AGGREGATE_AND_PROOF_V2", ReadAggregateAndProof),
        ("SYNC_COMMITTEE_MESSAGE", ReadSyncCommitteeMessage),
        ("SYNC_COMMITTEE_SELECTION_PROOF", ReadSyncCommitteeSelectionProof),
        ("SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF", ReadSyncCommitteeContributionAndProof),
        ("BLOCK_V2", ReadVersionedBlock),
        ("BLOCK", ReadPhase0Block),
        ("RANDAO_REVEAL", ReadRandaoReveal),
        ("VALIDATOR_REGISTRATION", ReadValidatorRegistration),
        ("VOLUNTARY_EXIT", ReadVoluntaryExit),
        ("DEPOSIT", ReadDeposit),
        ("PAYLOAD_ATTESTATION_MESSAGE", ReadPayloadAttestation),
        ("PAYLOAD_ATTESTATION", ReadPayloadAttestation),
        ("PROPOSER_PREFERENCES", ReadProposerPreferences),
        ("BUILDER_REQUEST_AUTH", ReadBuilderRequestAuth),
        ("EXECUTION_PAYLOAD_ENVELOPE", ReadExecutionPayloadEnvelope),
        ("EXECUTION_PAYLOAD_BID", ReadExecutionPayloadBid),
    ];

    /// <summary>The names of duties on the wire.</summary>
    internal static IEnumerable<string> Types => _types.Select(row => row.Type);

    private static readonly (string Name, Fork Fork)[] _forks = [.. Enum.GetValues<Fork>().Select(fork => (fork.Name(), fork))];

    /// <summary>Reads the body of a sign request; every fault of the body is a value, never an exception.</summary>
    public static bool TryReadSignRequest(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out SignRequest? request,
        [NotNullWhen(false)] out MalformedRequest? fault
    ) => TryRead(body, MaxBodyLength, ReadSignRequest, out request, out fault);

    private static SignRequest? ReadSignRequest(in JsonObject envelope) =>
        ReadMessage(envelope) is { } message ? new SignRequest(message, ReadClaimedSigningRoot(envelope)) : null;

    private static bool TryRead<T>(
        ReadOnlyMemory<byte> body,
        int maxBytes,
        JsonObject.ReadObject<T?> read,
        [NotNullWhen(true)] out T? value,
        [NotNullWhen(false)] out MalformedRequest? fault
    )
        where T : class
    {
        var text = new JsonText(body);
        if (body.Length > maxBytes)
        {
            var tooLarge = MalformedRequest.TooLarge(maxBytes);
            text.Report(tooLarge.Reason, tooLarge.Detail);
        }

        value = text.Fault is null ? ReadWhole(text, read) : null;
        fault = text.Fault is { } found ? found with { Duty = text.Duty } : null;
        value = fault is null ? value : null;
        return value is not null;
    }

    private static T? ReadWhole<T>(JsonText text, JsonObject.ReadObject<T?> read)
        where T : class
    {
        try
        {
            return read(new JsonObject(text));
        }
        catch (JsonException e)
        {
            text.Report(MalformedRequest.MalformedJson, JsonFault.In("the body", e));
            return null;
        }
    }

    private static SignableMessage? ReadMessage(in JsonObject envelope)
    {
        var type = envelope.Text("type"u8);
        foreach (var row in _types)
        {
            if (Ascii.EqualsIgnoreCase(type, row.Type))
            {
                envelope.Name(row.Type);
                return row.Read(envelope);
            }
        }

        if (Ascii.EqualsIgnoreCase(type, Generic))
        {
            envelope.Reject(
                MalformedRequest.GenericNotSupported,
                "type"u8,
                "asks for a signature of a digest, and this signer signs none: name the duty"
            );
        }

        envelope.Reject(MalformedRequest.UnknownType, "type"u8, "is none of the duties this signer knows");
        return null;
    }

    private static Root? ReadClaimedSigningRoot(in JsonObject envelope)
    {
        var canonical = ReadOptionalRoot(envelope, "signing_root"u8);
        var alias = ReadOptionalRoot(envelope, "signingRoot"u8);
        if (canonical is not null && alias is not null && canonical != alias)
        {
            envelope.Reject(MalformedRequest.DoubledMember, "signing_root"u8, "and signingRoot differ");
        }

        return canonical ?? alias;
    }

    private static Root? ReadOptionalRoot(in JsonObject parent, ReadOnlySpan<byte> name) =>
        parent.Has(name) ? parent.Fixed<Root>(name) : null;

    private static ForkInfo ReadForkInfo(in JsonObject envelope)
    {
        var forkInfo = envelope.Object("fork_info"u8);
        var fork = forkInfo.Object("fork"u8);
        return new ForkInfo(
            fork.Fixed<ForkVersion>("previous_version"u8),
            fork.Fixed<ForkVersion>("current_version"u8),
            fork.Epoch("epoch"u8),
            forkInfo.Fixed<Root>("genesis_validators_root"u8)
        );
    }

    /// <summary>The fork that <c>version</c> names.</summary>
    private static Fork ReadFork(in JsonObject versioned)
    {
        var version = versioned.Text("version"u8);
        foreach (var fork in _forks)
        {
            if (Ascii.EqualsIgnoreCase(version, fork.Name))
            {
                return fork.Fork;
            }
        }

        versioned.Reject(MalformedRequest.UnknownFork, "version"u8, "is no fork this signer knows");
        return default;
    }
}
