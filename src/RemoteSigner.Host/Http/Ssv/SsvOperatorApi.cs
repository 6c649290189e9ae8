using System.Diagnostics;
using RemoteSigner.Access;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The endpoints of ssv-signer for the operator's own key. Other than ssv-signer's, it signs SSV's messages alone instead of any bytes.
/// </summary>
internal sealed class SsvOperatorApi(
    SsvGate gate,
    OperatorSigner voice,
    DutyTally tally,
    SignerMetrics metrics,
    TimeProvider time,
    ILogger<SsvOperatorApi> log
)
{
    /// <summary><c>GET /v1/operator/identity</c>: base64 of the PEM of the public key.</summary>
    public async Task IdentityAsync(HttpContext context)
    {
        if (await gate.FindAsync(context, SsvRight.Identity) is not null)
        {
            await (voice.PublicKey is { } key ? ApiResponse.TextAsync(context, key.ToString()) : NoKeyAsync(context));
        }
    }

    /// <summary><c>POST /v1/operator/sign</c>: the bytes of an SSVMessage → 256 bytes.</summary>
    public async Task SignMessageAsync(HttpContext context)
    {
        if (await gate.FindAsync(context, SsvRight.Speak) is not { } client)
        {
            return;
        }

        var message = await BodyPipe.ReadWholeAsync(context, SsvBody.MaxLength);
        var started = time.GetTimestamp();
        try
        {
            var outcome = await voice.SignAsync(client, context.TraceIdentifier, message);
            await AnswerAsync(context, client, outcome);
            metrics.Spoke(outcome, time.GetElapsedTime(started));
        }
        catch (LedgerException exception)
        {
            log.LogError(
                exception,
                "request {RequestId}: the operator's signature for {Client} could not be noted, and was not given out",
                context.TraceIdentifier,
                client.Name
            );
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                ReasonCodes.LedgerUnavailable,
                "it could not be noted, so nothing was given out; see /healthcheck and the signer's log"
            );
        }
    }

    private Task AnswerAsync(HttpContext context, Client client, OperatorSignOutcome outcome)
    {
        switch (outcome)
        {
            case OperatorSignOutcome.Signed(var signature, _):
                tally.Signed("operator's signature");
                return ApiResponse.BinaryAsync(context, signature);
            case OperatorSignOutcome.Refused when voice.PublicKey is null:
                return NoKeyAsync(context);
            case OperatorSignOutcome.Refused(var refusal, _):
                var detail = PeerText.Shown(refusal.Detail);
                tally.Refused(context.TraceIdentifier, "the operator's signature", client, refusal.Reason, detail);
                return ApiResponse.ErrorAsync(context, StatusCodes.Status403Forbidden, refusal.Reason, detail);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Without a key of the operator nothing is said, and no share can be opened.</summary>
    public static Task NoKeyAsync(HttpContext context) =>
        ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            ReasonCodes.NoOperatorKey,
            "the keys are being opened, or 'remote-signer operator import' has not sealed this operator's yet"
        );
}
