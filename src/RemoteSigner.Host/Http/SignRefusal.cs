using System.Diagnostics;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>How a refusal to sign is told over HTTP: a status, a reason code that never changes, and words for people.</summary>
internal sealed record SignRefusal(int Status, string Reason, string? Detail)
{
    /// <summary>The table of all refusals. While the keys are being opened, a key that is not here may still come.</summary>
    public static SignRefusal Of(SignOutcome outcome, bool keysAreOpen) => outcome switch
    {
        SignOutcome.UnknownKey when !keysAreOpen => new(StatusCodes.Status503ServiceUnavailable, "keys_loading", "the keys are being opened; see /healthcheck"),
        SignOutcome.UnknownKey or SignOutcome.NotAllowed => new(StatusCodes.Status404NotFound, "unknown_key", null),
        SignOutcome.RootMismatch(var computed) => new(
            StatusCodes.Status400BadRequest, "signing_root_mismatch", $"the message's signing root is {computed}: is the signer on the same network?"),
        SignOutcome.NotOnThisNetwork(var detail) => new(StatusCodes.Status400BadRequest, "not_on_this_network", detail),
        SignOutcome.ClockInDoubt(var detail) => new(StatusCodes.Status412PreconditionFailed, "clock_in_doubt", detail),
        SignOutcome.OutsideSlotWindow(var detail) => new(StatusCodes.Status412PreconditionFailed, "outside_slot_window", detail),
        SignOutcome.AgainstCluster(var refusal) => new(StatusCodes.Status412PreconditionFailed, SnakeCase.Of(refusal.Rule), refusal.Detail),
        SignOutcome.NotFresh(var refusal) => new(StatusCodes.Status503ServiceUnavailable, SnakeCase.Of(refusal.Reason), refusal.Detail),
        SignOutcome.Slashable(var rule, var detail) => new(StatusCodes.Status412PreconditionFailed, SnakeCase.Of(rule), detail),
        SignOutcome.SignatureFault(var detail) => new(StatusCodes.Status500InternalServerError, "signature_fault", detail),
        _ => throw new UnreachableException(),
    };
}
