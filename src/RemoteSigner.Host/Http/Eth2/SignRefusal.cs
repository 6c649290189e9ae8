using System.Diagnostics;
using RemoteSigner.Clusters;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>How a refusal to sign is told over HTTP: a status, a reason code that never changes, and words for people.</summary>
internal sealed record SignRefusal(int Status, string Reason, string? Detail)
{
    /// <summary>
    /// While the vault is opened for the first time nobody can say whether a key is there: neither that it is unknown, nor that there is
    /// none.
    /// </summary>
    public static SignRefusal KeysLoading { get; } =
        new(StatusCodes.Status503ServiceUnavailable, ReasonCodes.KeysLoading, "the keys are being opened; see /healthcheck");

    /// <summary>The table of all refusals.</summary>
    public static SignRefusal Of(SignOutcome outcome) =>
        outcome switch
        {
            SignOutcome.KeysLoading => KeysLoading,
            SignOutcome.UnknownKey or SignOutcome.NotAllowed or SignOutcome.KeyRemoved => new(
                StatusCodes.Status404NotFound,
                ReasonCodes.UnknownKey,
                null
            ),
            SignOutcome.RootMismatch(var computed) => new(
                StatusCodes.Status400BadRequest,
                ReasonCodes.SigningRootMismatch,
                $"the message's signing root is {computed}: is the signer on the same network?"
            ),
            SignOutcome.NotOnThisNetwork(var detail) => new(StatusCodes.Status400BadRequest, ReasonCodes.NotOnThisNetwork, detail),
            SignOutcome.ClockInDoubt(var detail) => new(StatusCodes.Status412PreconditionFailed, ReasonCodes.ClockInDoubt, detail),
            SignOutcome.OutsideSlotWindow(var detail) => new(
                StatusCodes.Status412PreconditionFailed,
                ReasonCodes.OutsideSlotWindow,
                detail
            ),
            SignOutcome.ClusterPolicyViolation(var refusal) => new(
                StatusCodes.Status412PreconditionFailed,
                refusal.Rule.Code(),
                refusal.Detail
            ),
            SignOutcome.RollbackCheckFailed(var refusal) => new(
                StatusCodes.Status503ServiceUnavailable,
                refusal.Reason.Code(),
                refusal.Detail
            ),
            SignOutcome.Slashable(var rule, var detail) => new(StatusCodes.Status412PreconditionFailed, rule.Code(), detail),
            SignOutcome.Busy(var detail) => new(StatusCodes.Status503ServiceUnavailable, MalformedRequest.Busy, detail),
            SignOutcome.SignatureFault(var detail) => new(StatusCodes.Status500InternalServerError, ReasonCodes.SignatureFault, detail),
            SignOutcome.Failed(LedgerException) => new(
                StatusCodes.Status503ServiceUnavailable,
                ReasonCodes.LedgerUnavailable,
                "the duty could not be recorded, so nothing was signed; see /healthcheck and the signer's log"
            ),
            SignOutcome.Failed => new(
                StatusCodes.Status500InternalServerError,
                ReasonCodes.InternalError,
                "see the signer's log under this request's X-Request-Id"
            ),
            _ => throw new UnreachableException(),
        };
}
