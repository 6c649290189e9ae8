using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// Our shares' signatures of a proposed cluster lock, so that a cluster whose keys are in signers gets a signed lock. It takes the whole
/// lock and never a hash: the lock is verified, its hash computed, and the signer is asked under the duty CLUSTER_LOCK, which nobody has
/// unless it is named.
/// </summary>
internal sealed class DvLockApi(SignRecorder recorder, KeyRing keys, AccessPolicy access, Network network)
{
    public async Task SignAsync(HttpContext context)
    {
        var (proposed, fault) = await RequestBody.ReadAsync<ClusterLock>(context, TryRead);
        if (proposed is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        var areOpen = keys.AreOpen;
        if (LockProposal.FindOurs(proposed, Holds) is not { } index)
        {
            await (
                areOpen
                    ? ApiResponse.ErrorAsync(
                        context,
                        StatusCodes.Status404NotFound,
                        ReasonCodes.UnknownKey,
                        "no operator of this lock is one whose share of every validator is open here"
                    )
                    : ApiResponse.KeysLoadingAsync(context)
            );
            return;
        }

        // Nothing else of it may be looked at yet: it is not verified.
        KeyShare[] shares = [.. proposed.Validators.Select(validator => keys.Find(validator.PublicShares[(int)index - 1])!)];
        await (
            FindFailures(context, proposed, shares) is { Count: > 0 } failures
                ? RefuseAsync(context, failures)
                : SignAsync(context, proposed, index, shares)
        );
    }

    private static bool TryRead(
        ReadOnlyMemory<byte> body,
        [NotNullWhen(true)] out ClusterLock? proposed,
        [NotNullWhen(false)] out MalformedRequest? fault
    )
    {
        try
        {
            (proposed, fault) = (ClusterLock.Parse(body), null);
            return true;
        }
        catch (ClusterFileException exception)
        {
            (proposed, fault) = (null, new MalformedRequest(exception.Fault.Code(), exception.Message));
            return false;
        }
    }

    // A share that does not know its cluster yet is taken at the lock's word, which is verified before anything is signed.
    private bool Holds(BlsPublicKey publicShare, BlsPublicKey groupKey, ulong index) =>
        keys.Find(publicShare) is { } share
        && (share.GroupKey is not { } group || group == groupKey)
        && (share.Membership is not { } membership || membership.ShareIndex == index);

    // Not for those who would be refused anyway: verifying takes milliseconds for each validator.
    private List<DvFailedCheck> FindFailures(HttpContext context, ClusterLock proposed, KeyShare[] shares)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        if (!shares.All(share => access.Allows(client, share.PublicKey, DutyType.ClusterLock)))
        {
            return [];
        }

        List<DvFailedCheck> failures =
        [
            .. LockProposal
                .Verify(proposed, VerificationPolicy.For(network))
                .Where(result => result.Verdict is CheckVerdict.Failed)
                .Select(result => new DvFailedCheck(result.Check.Code(), ((CheckVerdict.Failed)result.Verdict).Problem)),
        ];
        if (!Root.TryParse((string)context.Request.RouteValues["cluster_hash"]!, out var named) || named != proposed.LockHash)
        {
            failures.Add(new("lock_hash", $"the request is for another lock than {proposed.LockHash}, which it carries"));
        }

        return failures;
    }

    private static Task RefuseAsync(HttpContext context, IReadOnlyList<DvFailedCheck> failures) =>
        DvResult.WriteAsync(
            context,
            new DvLockError(
                StatusCodes.Status422UnprocessableEntity,
                ReasonPhrases.GetReasonPhrase(StatusCodes.Status422UnprocessableEntity),
                ReasonCodes.LockNotVerified,
                "the lock does not hold, and was not signed",
                failures
            ),
            StatusCodes.Status422UnprocessableEntity
        );

    private async Task SignAsync(HttpContext context, ClusterLock proposed, ulong index, KeyShare[] shares)
    {
        var message = LockProposal.ToMessage(proposed);
        var client = context.Features.GetRequiredFeature<Client>();

        // All shares or none: where one is forbidden, only what is forbidden is asked for, so that the refusal is on record.
        var asked = shares.Where(share => !access.Allows(client, share.PublicKey, DutyType.ClusterLock)).ToArray()
            is { Length: > 0 } forbidden
            ? forbidden
            : shares;
        await recorder.SignAllAsync(
            [.. asked.Select(share => new SignOrder(client, context.TraceIdentifier, share.PublicKey, message, null))],
            outcomes => AnswerAsync(context, proposed, index, outcomes)
        );
    }

    private static Task AnswerAsync(HttpContext context, ClusterLock proposed, ulong index, IReadOnlyList<SignOutcome> outcomes)
    {
        if (outcomes.FirstOrDefault(outcome => outcome is not SignOutcome.Signed) is { } refused)
        {
            return ApiResponse.RefusalAsync(context, SignRefusal.Of(refused));
        }

        return DvResult.WriteAsync(
            context,
            new DvLockSignatures(
                proposed.LockHash.ToString(),
                index.ToString(),
                [
                    .. outcomes
                        .Cast<SignOutcome.Signed>()
                        .Select(
                            (signed, i) =>
                                new DvLockPartial(
                                    proposed.Validators[i].GroupKey.ToString(),
                                    signed.Share.PublicKey.ToString(),
                                    signed.Signature.ToString()
                                )
                        ),
                ]
            )
        );
    }
}
