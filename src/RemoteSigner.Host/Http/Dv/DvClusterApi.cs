using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using RemoteSigner.Access;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// What is known of the clusters whose shares are open here, as far as the client may see their keys; and combining, which needs no secret
/// and signs nothing.
/// </summary>
internal sealed class DvClusterApi(KeyRing keys, AccessPolicy access, ClusterLibrary clusters, Network network, SlotClock clock)
{
    /// <summary>In the order of group keys.</summary>
    public Task ListAsync(HttpContext context)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        NoKeysToListException.RequireNamed(access, client);
        if (!keys.AreOpen)
        {
            return ApiResponse.KeysLoadingAsync(context);
        }

        var shares = keys.Shares.Where(share =>
            share.GroupKey is { } group && group != share.PublicKey && access.Allows(client, share.PublicKey)
        );
        return DvResult.WriteAsync(
            context,
            new DvValidatorList([.. shares.Select(View).OrderBy(validator => validator.GroupPubkey, StringComparer.Ordinal)])
        );
    }

    public async Task CombineAsync(HttpContext context)
    {
        var (combination, fault) = await RequestBody.ReadAsync<DvCombination>(context, WireFormat.TryReadDvCombination);
        await (combination is null ? RequestBody.RefuseAsync(context, fault!) : CombineAsync(context, combination));
    }

    private Task CombineAsync(HttpContext context, DvCombination combination)
    {
        if (!keys.AreOpen)
        {
            return ApiResponse.KeysLoadingAsync(context);
        }

        if (
            keys.FindByGroup(combination.GroupKey) is not { } share
            || !access.Allows(context.Features.GetRequiredFeature<Client>(), share.PublicKey)
        )
        {
            return ApiResponse.ErrorAsync(context, StatusCodes.Status404NotFound, ReasonCodes.UnknownKey);
        }

        if (share.Membership is not { } membership || clusters.Find(membership) is not { } document)
        {
            return ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status412PreconditionFailed,
                ClusterRule.ClusterDocumentMissing.Code(),
                "no document here says which public shares this validator has"
            );
        }

        if (!TryGetRoot(combination, out var root, out var fault))
        {
            return RequestBody.RefuseAsync(context, fault!);
        }

        return GroupSignature.Combine(document, combination.GroupKey, root, combination.Partials) switch
        {
            GroupSignature.Combined(var signature, var indices) => DvResult.WriteAsync(
                context,
                new DvCombined(combination.GroupKey.ToString(), root.ToString(), signature.ToString(), Text(indices))
            ),
            GroupSignature.UnknownShares(var indices) => RefuseAsync(
                context,
                ReasonCodes.UnknownShares,
                "the cluster has no such share, or it is given twice",
                indices
            ),
            GroupSignature.InvalidPartials(var indices) => RefuseAsync(
                context,
                ReasonCodes.InvalidPartials,
                "not signatures of this root under the public shares of the cluster",
                indices
            ),
            GroupSignature.TooFew(var given, var threshold) => RefuseAsync(
                context,
                ReasonCodes.TooFewPartials,
                $"{given} were given, the threshold is {threshold}",
                null
            ),
            GroupSignature.NotOfGroup => RefuseAsync(
                context,
                ReasonCodes.NotOfGroup,
                "every partial verifies, yet together they are not the group's signature: the cluster's document contradicts itself",
                null
            ),
            _ => throw new UnreachableException(),
        };
    }

    private bool TryGetRoot(DvCombination combination, out Root root, out MalformedRequest? fault)
    {
        (root, fault) = (combination.SigningRoot ?? default, null);
        if (combination.Message is not { } message)
        {
            return true;
        }

        try
        {
            root = message.SigningRoot(network, clock.Epoch);
        }
        catch (SpecException exception)
        {
            fault = new MalformedRequest(ReasonCodes.NotOnThisNetwork, exception.Message);
            return false;
        }

        fault =
            combination.SigningRoot is { } claimed && claimed != root
                ? new MalformedRequest(
                    ReasonCodes.SigningRootMismatch,
                    $"the duty's signing root is {root}: is the signer on the same network?"
                )
                : null;
        return fault is null;
    }

    private static Task RefuseAsync(HttpContext context, string reason, string detail, IReadOnlyList<ulong>? indices) =>
        DvResult.WriteAsync(
            context,
            new DvCombineError(
                StatusCodes.Status422UnprocessableEntity,
                ReasonPhrases.GetReasonPhrase(StatusCodes.Status422UnprocessableEntity),
                reason,
                detail,
                indices is null ? null : Text(indices)
            ),
            StatusCodes.Status422UnprocessableEntity
        );

    private static string[] Text(IReadOnlyList<ulong> indices) => [.. indices.Select(index => index.ToString())];

    private DvValidator View(KeyShare share)
    {
        var membership = share.Membership;
        return new DvValidator(
            share.GroupKey!.Value.ToString(),
            share.PublicKey.ToString(),
            membership?.ShareIndex.ToString(),
            membership?.Threshold,
            membership?.Operators,
            membership?.ClusterHash.ToString(),
            membership is null ? null : clusters.Find(membership)?.Name,
            membership?.Provenance.Code()
        );
    }
}
