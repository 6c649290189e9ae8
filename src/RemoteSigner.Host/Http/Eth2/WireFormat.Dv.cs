using System.Diagnostics.CodeAnalysis;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Http.Dv;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <content>The bodies of the API for distributed validators.</content>
public static partial class WireFormat
{
    /// <summary>How many partial signatures can be combined at once; no cluster has as many operators.</summary>
    public const int MaxPartials = 256;

    internal static bool TryReadDvItem(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out DvItem? item,
        [NotNullWhen(false)] out MalformedRequest? fault
    ) => TryRead(body, MaxBodyLength, ReadDvItem, out item, out fault);

    internal static bool TryReadDvCombination(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out DvCombination? combination,
        [NotNullWhen(false)] out MalformedRequest? fault
    ) => TryRead(body, MaxBodyLength, ReadDvCombination, out combination, out fault);

    private static DvItem? ReadDvItem(in JsonObject item)
    {
        var (named, isGroup) = (item.Has("group_pubkey"u8), true);
        if (named && item.Has("pubkey"u8))
        {
            item.Reject(MalformedRequest.DoubledMember, "pubkey"u8, "stands beside group_pubkey: name the validator once");
        }
        else if (!named)
        {
            isGroup = !item.Has("pubkey"u8);
        }

        var key = isGroup ? item.Fixed<BlsPublicKey>("group_pubkey"u8) : item.Fixed<BlsPublicKey>("pubkey"u8);
        return ReadSignRequest(item) is { } request ? new DvItem(key, isGroup, request) : null;
    }

    private static DvCombination? ReadDvCombination(in JsonObject body)
    {
        var request = body.Has("duty"u8) ? ReadSignRequest(body.Object("duty"u8)) : null;
        var root = request is null || body.Has("signing_root"u8) ? body.Fixed<Root>("signing_root"u8) : request.ClaimedSigningRoot;
        var partials = body.Objects("partials"u8, ReadPartial, MaxPartials);
        if (partials.IsEmpty)
        {
            body.Reject(MalformedRequest.MalformedMember, "partials"u8, $"must be 1 to {MaxPartials} partial signatures");
        }

        return new DvCombination(body.Fixed<BlsPublicKey>("group_pubkey"u8), request?.Message, root, partials);
    }

    private static PartialSignature ReadPartial(in JsonObject partial) =>
        new(partial.Number("share_index"u8), partial.Fixed<BlsSignature>("partial_signature"u8));
}
