using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <content>The batch of the remote signing API (open proposal, remote-signing-api PR #29): one request, and the keys that are to sign
/// it.</content>
public static partial class WireFormat
{
    /// <summary>In bytes: the keys of a slot of mainnet, 31,250 of 101 bytes each, and a quarter more.</summary>
    public const int MaxBatchLength = 4 << 20;

    // Of these all validators sign the same in a slot or an epoch.
    private static readonly FrozenSet<DutyType> _batchable =
    [
        DutyType.AggregationSlot,
        DutyType.Attestation,
        DutyType.RandaoReveal,
        DutyType.SyncCommitteeMessage,
        DutyType.SyncCommitteeSelectionProof,
        DutyType.PayloadAttestation,
    ];

    internal static bool TryReadBatch(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out SignBatch? batch,
        [NotNullWhen(false)] out MalformedRequest? fault
    ) => TryRead(body, MaxBatchLength, ReadBatch, out batch, out fault);

    private static SignBatch ReadBatch(in JsonObject body)
    {
        body.Allow("identifiers"u8, "signing_request"u8);
        var keys = body.FixedArray<BlsPublicKey>("identifiers"u8);
        if (keys.IsEmpty)
        {
            body.Reject(MalformedRequest.MalformedMember, "identifiers"u8, "must name at least one public key");
        }
        else if (NamesOneTwice(keys))
        {
            body.Reject(MalformedRequest.DoubledMember, "identifiers"u8, "name a key twice");
        }

        var request = body.Object("signing_request"u8);
        return new SignBatch(keys, Ascii.EqualsIgnoreCase(request.Text("type"u8), Generic) ? null : ReadBatchable(request));
    }

    // Not by a set: the hash of a key is no secret, and forty thousand keys of one hash would keep a core for seconds. Sorted by their
    // first bytes, which two keys seldom share.
    private static bool NamesOneTwice(ImmutableArray<BlsPublicKey> keys)
    {
        var heads = Array.ConvertAll(ImmutableCollectionsMarshal.AsArray(keys)!, key => MemoryMarshal.Read<ulong>(key.Bytes));
        Array.Sort(heads);
        return HasNeighbours<ulong>(heads) && HasNeighbours(keys.Sort((one, other) => one.Bytes.SequenceCompareTo(other.Bytes)).AsSpan());
    }

    private static bool HasNeighbours<T>(ReadOnlySpan<T> sorted)
        where T : IEquatable<T>
    {
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Equals(sorted[i - 1]))
            {
                return true;
            }
        }

        return false;
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
