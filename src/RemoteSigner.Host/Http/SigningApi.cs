using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>POST /api/v1/eth2/sign/{identifier}</c>: the door to the signer. A root that does not match is a 400 here, where Web3Signer answers
/// 500: the request is at fault, not the server. An unknown and a forbidden key look alike.
/// </summary>
internal sealed partial class SigningApi(Signer signer, KeyLoading loading, SignerMetrics metrics, TimeProvider time, ILogger<SigningApi> log)
{
    public async Task SignAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var (request, fault) = await RequestBody.ReadAsync<SignRequest>(context, WireFormat.TryReadSignRequest);
        if (request is null)
        {
            metrics.Malformed();
            LogMalformed(context.TraceIdentifier, fault!.Reason, fault.Detail);
            await RequestBody.RefuseAsync(context, fault);
            return;
        }

        var client = context.Features.GetRequiredFeature<Client>();
        BlsPublicKey? key = BlsPublicKey.TryParse((string)context.Request.RouteValues["identifier"]!, out var named) ? named : null;
        var outcome = await signer.SignAsync(new SignOrder(client, context.TraceIdentifier, key, request.Message, request.ClaimedSigningRoot));
        await AnswerAsync(context, outcome);
        metrics.Ended(request.Message.Type, outcome, time.GetElapsedTime(started));
        if (outcome is SignOutcome.Signed)
        {
            LogSigned(context.TraceIdentifier, client.Name, request.Message.Type, key, request.Message.DutySlot);
        }
        else
        {
            LogRefused(context.TraceIdentifier, client.Name, request.Message.Type, key, request.Message.DutySlot, outcome);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: malformed: {Reason}: {Detail}")]
    private partial void LogMalformed(string requestId, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "request {RequestId}: signed {Duty} of slot {Slot} with {Key} for {Client}")]
    private partial void LogSigned(string requestId, string client, DutyType duty, BlsPublicKey? key, Slot? slot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: refused {Duty} of slot {Slot} with {Key} for {Client}: {Outcome}")]
    private partial void LogRefused(string requestId, string client, DutyType duty, BlsPublicKey? key, Slot? slot, SignOutcome outcome);

    private Task AnswerAsync(HttpContext context, SignOutcome outcome)
    {
        if (outcome is SignOutcome.Signed(var signature, _))
        {
            return Answer.SignatureAsync(context, signature.Bytes);
        }

        var refusal = SignRefusal.Of(outcome, loading.IsComplete);
        return Answer.ErrorAsync(context, refusal.Status, refusal.Reason, refusal.Detail);
    }
}
