using RemoteSigner.Access;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Host.Http;

/// <summary>Whether keys can come in and be taken out now, whoever asks, and what is told where they cannot.</summary>
internal sealed class KeyChangeGate(KeyLoading loading, Fence fence, DutyTally tally)
{
    // A vault that was put back must not be changed: it would take the generation that gives it away.
    public async Task<bool> MayChangeAsync(HttpContext context)
    {
        if (loading.IsComplete && fence.State.Closed is null)
        {
            return true;
        }

        var (reason, detail) =
            loading.IsComplete && fence.State.Closed is { } closed
                ? (closed.Reason.Code(), closed.Detail)
                : (ReasonCodes.KeysLoading, "the keys are being opened; see /healthcheck");
        await ApiResponse.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, reason, detail);
        return false;
    }

    /// <param name="longest">So much of the detail is shown, in characters.</param>
    public Task RefuseAsync(HttpContext context, int status, string reason, string detail, int longest = PeerText.Most)
    {
        var shown = PeerText.Shown(detail, longest);
        tally.Refused(context.TraceIdentifier, "a change of keys", context.Features.Get<Client>(), reason, shown);
        return ApiResponse.ErrorAsync(context, status, reason, $"nothing was changed: {shown}");
    }

    /// <summary>
    /// A change may have got half way: what was to be deleted signs no more, what was to come in does not sign yet. Repeating it finishes
    /// it.
    /// </summary>
    public static Task HalfDoneAsync(HttpContext context, ILogger log, Exception exception)
    {
        log.LogError(
            exception,
            "request {RequestId}: the change of keys was interrupted: {Message}",
            context.TraceIdentifier,
            exception.Message
        );
        return ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            exception is LedgerException ? ReasonCodes.LedgerUnavailable : ReasonCodes.VaultUnavailable,
            "the change was interrupted and may be half done: keys that were to go may sign no more, keys that were to "
                + "come do not sign yet; repeat the request to finish it. See /healthcheck and the signer's log"
        );
    }
}
