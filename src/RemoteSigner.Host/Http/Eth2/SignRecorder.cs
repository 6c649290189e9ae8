using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Host.Running;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The one way from a door to the signer. Whatever door a request came through, how it ended is counted and logged here; that it is in the
/// audit log, the signer saw to. All of it after the answer, which does not wait for it.
/// </summary>
internal sealed partial class SignRecorder(
    SigningWait signer,
    AccessPolicy access,
    AuditLog audit,
    SignerMetrics metrics,
    DutyTally tally,
    TimeProvider time,
    ILogger<SignRecorder> log
)
{
    public async Task SignAsync(HttpContext context, SignOrder order, Func<HttpContext, SignOutcome, Task> answer)
    {
        var started = time.GetTimestamp();
        if (await signer.SignAsync(order) is not { } outcome)
        {
            await RefuseAsync(context, MalformedRequest.TooManyWait);
            return;
        }

        try
        {
            await answer(context, outcome);
        }
        finally
        {
            metrics.Answered(time.GetElapsedTime(started));
            Record(order, outcome);
        }
    }

    /// <summary>
    /// The same for many of one client, which are answered together; the outcomes are in the order of the orders. Where there is no place
    /// for them to wait, or the signer does not come to them in time, each is <see cref="SignOutcome.Busy"/>.
    /// </summary>
    public async Task SignAllAsync(IReadOnlyList<SignOrder> orders, Func<IReadOnlyList<SignOutcome>, Task> answer)
    {
        var started = time.GetTimestamp();
        await TellAllAsync(orders, await signer.SignAllAsync(orders), started, answer);
    }

    /// <summary>The end of many to which the signer did not come at all.</summary>
    public Task TellLateAsync(IReadOnlyList<SignOrder> orders, Func<IReadOnlyList<SignOutcome>, Task> answer) =>
        TellAllAsync(orders, SigningWait.All(orders.Count, SigningWait.Late), time.GetTimestamp(), answer);

    private async Task TellAllAsync(
        IReadOnlyList<SignOrder> orders,
        IReadOnlyList<SignOutcome> outcomes,
        long started,
        Func<IReadOnlyList<SignOutcome>, Task> answer
    )
    {
        try
        {
            await answer(outcomes);
        }
        finally
        {
            metrics.Answered(time.GetElapsedTime(started));
            for (var i = 0; i < orders.Count; i++)
            {
                Record(orders[i], outcomes[i]);
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
            Note(context, fault);
        }

        await RequestBody.RefuseAsync(context, fault);
    }

    /// <summary>Somebody wanted a digest signed: in the audit log before it is told, as every refusal.</summary>
    public Task RecordGenericAsync(HttpContext context)
    {
        const string Detail = "a signature of a digest was asked for";
        Note(context, new MalformedRequest(MalformedRequest.GenericNotSupported, Detail));
        var client = context.Features.GetRequiredFeature<Client>();
        return audit.RecordRefusalAsync(
            new AuditEntry
            {
                Action = AuditActions.Sign,
                Decision = AuditDecision.Refused,
                RequestId = context.TraceIdentifier,
                Client = client.Name,
                ClientFingerprint = client.CertificateFingerprint,
                Rule = MalformedRequest.GenericNotSupported,
                Detail = Detail,
            }
        );
    }

    private void Note(HttpContext context, MalformedRequest fault)
    {
        if (fault.Reason == MalformedRequest.Busy)
        {
            metrics.Turned(fault.Reason);
        }
        else
        {
            metrics.Malformed();
        }

        tally.Refused(context.TraceIdentifier, SubjectOf(context, fault), context.Features.Get<Client>(), fault.Reason, fault.Detail);
    }

    // As far as it can be told of a body that could not be read.
    private static string SubjectOf(HttpContext context, MalformedRequest fault)
    {
        var subject = fault.Duty is { } duty ? DutyTally.Words(duty) : "a request to sign";
        return
            (context.Request.RouteValues["identifier"] ?? context.Request.RouteValues["group_pubkey"]) is string text
            && BlsPublicKey.TryParse(text, out var key)
            ? $"{subject} with {key}"
            : subject;
    }

    private static string SubjectOf(SignOrder order) =>
        $"{DutyTally.Words(order.Message.Type)}{(order.Message.DutySlot is { } slot ? $" of slot {slot}" : "")}"
        + $"{(order.Key is { } key ? $" with {key}" : "")}";

    private void Record(SignOrder order, SignOutcome outcome)
    {
        var (client, duty) = (order.Client.Name, order.Message.Type);
        metrics.Ended(duty, outcome);
        if (outcome is SignOutcome.Signed signed)
        {
            tally.Signed(duty);
            if (log.IsEnabled(LogLevel.Debug))
            {
                LogSigned(order.RequestId, client, SubjectOf(order), signed.Share.PublicKey);
            }

            return;
        }

        metrics.Refused(access.Knows(order.Client) ? client : null, duty, outcome.RuleCode);
        if (outcome is SignOutcome.Failed(var fault))
        {
            LogFailed(fault, order.RequestId, client, SubjectOf(order));
            return;
        }

        var (reason, detail) = Told(outcome);
        tally.Refused(order.RequestId, SubjectOf(order), order.Client, reason, detail);
    }

    // What the client is told, and the truth where he is not told it.
    private static (string Reason, string? Detail) Told(SignOutcome outcome) =>
        outcome switch
        {
            SignOutcome.UnknownKey => (outcome.RuleCode, "no such key is open here"),
            SignOutcome.NotAllowed => (
                outcome.RuleCode,
                "signer.json does not give this client this duty with this key; it was told unknown_key"
            ),
            SignOutcome.KeyRemoved => (outcome.RuleCode, "the key was taken out while it was asked for; the client was told unknown_key"),
            _ => SignRefusal.Of(outcome) is var refusal ? (refusal.Reason, refusal.Detail) : default,
        };

    [LoggerMessage(Level = LogLevel.Debug, Message = "request {RequestId}: signed {Subject} for {Client} by the share {Share}")]
    private partial void LogSigned(string requestId, string client, string subject, BlsPublicKey share);

    [LoggerMessage(Level = LogLevel.Error, Message = "request {RequestId}: {Subject} for {Client} failed; nothing was signed")]
    private partial void LogFailed(Exception fault, string requestId, string client, string subject);
}
