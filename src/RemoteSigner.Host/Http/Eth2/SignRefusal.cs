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
        new(StatusCodes.Status503ServiceUnavailable, "keys_loading", "the keys are being opened; see /healthcheck");

    /// <summary>The table of all refusals.</summary>
    public static SignRefusal Of(SignOutcome outcome) =>
        outcome switch
        {
            SignOutcome.KeysLoading => KeysLoading,
            SignOutcome.UnknownKey or SignOutcome.NotAllowed or SignOutcome.KeyRemoved => new(
                StatusCodes.Status404NotFound,
                "unknown_key",
                null
            ),
            SignOutcome.RootMismatch(var computed) => new(
                StatusCodes.Status400BadRequest,
                "signing_root_mismatch",
                $"the message's signing root is {computed}: is the signer on the same network?"
            ),
            SignOutcome.NotOnThisNetwork(var detail) => new(StatusCodes.Status400BadRequest, "not_on_this_network", detail),
            SignOutcome.ClockInDoubt(var detail) => new(StatusCodes.Status412PreconditionFailed, "clock_in_doubt", detail),
            SignOutcome.OutsideSlotWindow(var detail) => new(StatusCodes.Status412PreconditionFailed, "outside_slot_window", detail),
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
            SignOutcome.SignatureFault(var detail) => new(StatusCodes.Status500InternalServerError, "signature_fault", detail),
            SignOutcome.Failed(LedgerException) => new(
                StatusCodes.Status503ServiceUnavailable,
                "ledger_unavailable",
                "the duty could not be recorded, so nothing was signed; see /healthcheck and the signer's log"
            ),
            SignOutcome.Failed => new(
                StatusCodes.Status500InternalServerError,
                "internal_error",
                "see the signer's log under this request's X-Request-Id"
            ),
            _ => throw new UnreachableException(),
        };
}
