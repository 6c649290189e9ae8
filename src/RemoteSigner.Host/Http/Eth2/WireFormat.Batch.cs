using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <content>The batch of the remote signing API (open proposal, remote-signing-api PR #29): one request, and the keys that are to sign it.</content>
public static partial class WireFormat
{
    /// <summary>How many keys one batch may be for.</summary>
    public const int MostItems = 1024;

    // Of these all validators sign the same in a slot or an epoch.
    private static readonly FrozenSet<DutyType> _batchable =
    [
        DutyType.AggregationSlot, DutyType.Attestation, DutyType.RandaoReveal, DutyType.SyncCommitteeMessage, DutyType.SyncCommitteeSelectionProof, DutyType.PayloadAttestation,
    ];

    internal static bool TryReadBatch(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out SignBatch? batch, [NotNullWhen(false)] out MalformedRequest? fault) =>
        TryRead(body, MaxBodyLength, ReadBatch, out batch, out fault);

    private static SignBatch ReadBatch(in JsonObject body)
    {
        body.Allow("identifiers"u8, "signing_request"u8);
        var keys = body.FixedArray<BlsPublicKey>("identifiers"u8, MostItems);
        if (keys.IsEmpty)
        {
            body.Reject(MalformedRequest.MalformedMember, "identifiers"u8, "must name at least one public key");
        }
        else if (keys.Distinct().Count() != keys.Length)
        {
            body.Reject(MalformedRequest.DoubledMember, "identifiers"u8, "name a key twice");
        }

        var request = body.Object("signing_request"u8);
        return new SignBatch(keys, Ascii.EqualsIgnoreCase(request.Text("type"u8), Generic) ? null : ReadBatchable(request));
    }

    private static SignRequest? ReadBatchable(in JsonObject request)
    {
        var read = ReadSignRequest(request);
        if (read is not null && !_batchable.Contains(read.Message.Type))
        {
            request.Reject(MalformedRequest.NotBatchable, "type"u8, "is asked for one validator at a time");
        }

        return read;
    }
}
