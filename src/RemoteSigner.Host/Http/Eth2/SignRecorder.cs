using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The one way from a door to the signer. Whatever door a request came through, how it ended is counted and logged here; that it is in the audit log, the signer saw to. All of
/// it after the answer, which does not wait for it.
/// </summary>
internal sealed partial class SignRecorder(Signer signer, AccessPolicy access, AuditLog audit, SignerMetrics metrics, TimeProvider time, ILogger<SignRecorder> log)
{
    public async Task SignAsync(HttpContext context, SignOrder order, Func<HttpContext, SignOutcome, Task> answer)
    {
        var started = time.GetTimestamp();
        var outcome = await signer.SignAsync(order);
        try
        {
            await answer(context, outcome);
        }
        finally
        {
            Record(order, outcome, time.GetElapsedTime(started));
        }
    }

    /// <summary>The same for many, which are answered together; the outcomes are in the order of the orders.</summary>
    public async Task SignAllAsync(HttpContext context, IReadOnlyList<SignOrder> orders, Func<HttpContext, IReadOnlyList<SignOutcome>, Task> answer)
    {
        var started = time.GetTimestamp();
        var outcomes = await signer.SignAllAsync(orders);
        try
        {
            await answer(context, outcomes);
        }
        finally
        {
            var elapsed = time.GetElapsedTime(started);
            for (var i = 0; i < orders.Count; i++)
            {
                Record(orders[i], outcomes[i], elapsed);
            }
        }
    }

    /// <summary>A body that is no request to sign.</summary>
    public async Task RefuseAsync(HttpContext context, MalformedRequest fault)
    {
        if (fault.Reason == MalformedRequest.GenericNotSupported)
        {
            await RecordGenericAsync(context);
        }
        else
        {
            Note(context, fault.Reason, fault.Detail);
        }

        await RequestBody.RefuseAsync(context, fault);
    }

    /// <summary>Somebody wanted a digest signed: in the audit log before it is told, as every refusal.</summary>
    public Task RecordGenericAsync(HttpContext context)
    {
        const string Detail = "a signature of a digest was asked for";
        Note(context, MalformedRequest.GenericNotSupported, Detail);
        var client = context.Features.GetRequiredFeature<Client>();
        return audit.RecordRefusalAsync(new AuditEntry
        {
            Action = "sign",
            Decision = AuditDecision.Refused,
            RequestId = context.TraceIdentifier,
            Client = client.Name,
            ClientFingerprint = client.CertificateFingerprint,
            Rule = MalformedRequest.GenericNotSupported,
            Detail = Detail,
        });
    }

    private void Note(HttpContext context, string reason, string detail)
    {
        metrics.Malformed();
        LogMalformed(context.TraceIdentifier, reason, detail);
    }

    private void Record(SignOrder order, SignOutcome outcome, TimeSpan elapsed)
    {
        var (client, duty) = (order.Client.Name, order.Message.Type);
        metrics.Ended(duty, outcome, elapsed);
        if (outcome is SignOutcome.Signed signed)
        {
            LogSigned(order.RequestId, client, duty.Name(), signed.Share.PublicKey, order.Message.DutySlot);
            return;
        }

        metrics.Refused(access.Knows(order.Client) ? client : null, duty, outcome.RuleName);
        if (outcome is SignOutcome.Failed(var fault))
        {
            LogFailed(fault, order.RequestId, client, duty.Name(), order.Key, order.Message.DutySlot);
        }
        else
        {
            LogRefused(order.RequestId, client, duty.Name(), order.Key, order.Message.DutySlot, outcome);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: malformed: {Reason}: {Detail}")]
    private partial void LogMalformed(string requestId, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Debug, Message = "request {RequestId}: signed {Duty} of slot {Slot} with {Key} for {Client}")]
    private partial void LogSigned(string requestId, string client, string duty, BlsPublicKey key, Slot? slot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: refused {Duty} of slot {Slot} with {Key} for {Client}: {Outcome}")]
    private partial void LogRefused(string requestId, string client, string duty, BlsPublicKey? key, Slot? slot, SignOutcome outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "request {RequestId}: {Duty} of slot {Slot} with {Key} for {Client} failed; nothing was signed")]
    private partial void LogFailed(Exception fault, string requestId, string client, string duty, BlsPublicKey? key, Slot? slot);
}
