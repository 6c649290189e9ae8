using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Keys;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// Partial signatures by group key: one, a batch, and what would become of one. The same signer, the same permissions and the same refusals as Web3Signer's
/// door; whole keys are not seen here. A dry run is neither recorded nor audited, as nothing was decided.
/// </summary>
internal sealed partial class DvSigningApi(Signer signer, KeyRing keys, KeyLoading loading, SignerMetrics metrics, TimeProvider time, ILogger<DvSigningApi> log)
{
    public async Task SignAsync(HttpContext context)
    {
        if (await ReadAsync<SignRequest>(context, WireFormat.TryReadSignRequest) is not { } request)
        {
            return;
        }

        BlsPublicKey? named = BlsPublicKey.TryParse((string)context.Request.RouteValues["group_pubkey"]!, out var group) ? group : null;
        var share = named is null ? null : keys.FindByGroup(group);
        var started = time.GetTimestamp();
        var outcome = await signer.SignAsync(Order(context, share, request));
        await (outcome is SignOutcome.Signed signed
            ? DvAnswer.WriteAsync(context, Partial(share!, signed))
            : RefuseAsync(context, SignRefusal.Of(outcome, loading.IsComplete)));
        Ended(context, share?.PublicKey ?? named, request.Message, outcome, started);
    }

    public async Task SignBatchAsync(HttpContext context)
    {
        if (await ReadAsync<DvBatch>(context, WireFormat.TryReadDvBatch) is not { } batch)
        {
            return;
        }

        KeyShare?[] shares = [.. batch.Items.Select(Find)];
        var started = time.GetTimestamp();
        var outcomes = await signer.SignAllAsync([.. batch.Items.Select((item, i) => Order(context, shares[i], item.Request))]);
        await DvAnswer.WriteAsync(context, new DvBatchResult([.. outcomes.Select((outcome, i) => ResultOf(shares[i], outcome))]));
        for (var i = 0; i < shares.Length; i++)
        {
            Ended(context, shares[i]?.PublicKey ?? batch.Items[i].Key, batch.Items[i].Request.Message, outcomes[i], started);
        }
    }

    public async Task ForeseeAsync(HttpContext context)
    {
        if (await ReadAsync<DvItem>(context, WireFormat.TryReadDvItem) is not { } item)
        {
            return;
        }

        var foresight = await signer.ForeseeAsync(Order(context, Find(item), item.Request));
        var refusal = foresight.Refusal is { } outcome ? SignRefusal.Of(outcome, loading.IsComplete) : null;
        await (foresight.Refusal is SignOutcome.UnknownKey or SignOutcome.NotAllowed
            ? RefuseAsync(context, refusal!)
            : DvAnswer.WriteAsync(context, new DvForesight(
                refusal is null, foresight.Refusal is SignOutcome.Slashable, foresight.SignedBefore, foresight.SigningRoot?.ToString(), refusal?.Reason, refusal?.Detail)));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "request {RequestId}: signed {Duty} of slot {Slot} with {Key} for {Client}")]
    private partial void LogSigned(string requestId, string client, DutyType duty, BlsPublicKey? key, Slot? slot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: refused {Duty} of slot {Slot} with {Key} for {Client}: {Outcome}")]
    private partial void LogRefused(string requestId, string client, DutyType duty, BlsPublicKey? key, Slot? slot, SignOutcome outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "request {RequestId}: malformed: {Reason}: {Detail}")]
    private partial void LogMalformed(string requestId, string reason, string detail);

    private static Task RefuseAsync(HttpContext context, SignRefusal refusal) => Answer.ErrorAsync(context, refusal.Status, refusal.Reason, refusal.Detail);

    private static SignOrder Order(HttpContext context, KeyShare? share, SignRequest request) =>
        new(context.Features.GetRequiredFeature<Client>(), context.TraceIdentifier, share?.PublicKey, request.Message, request.ClaimedSigningRoot);

    private static DvPartial Partial(KeyShare share, SignOutcome.Signed signed) => new(
        share.GroupKey!.Value.ToString(), share.Membership?.ShareIndex.ToString(), share.PublicKey.ToString(), signed.Signature.ToString(), signed.SigningRoot.ToString());

    // Null is for what the request named and is no share here; it is audited as an unknown key.
    private KeyShare? Find(DvItem item) => item.IsGroupKey
        ? keys.FindByGroup(item.Key)
        : keys.Find(item.Key) is { GroupKey: { } group } share && group != share.PublicKey ? share : null;

    private DvItemResult ResultOf(KeyShare? share, SignOutcome outcome)
    {
        if (outcome is SignOutcome.Signed signed)
        {
            return new DvItemResult(StatusCodes.Status200OK, Partial(share!, signed), null, null);
        }

        var refusal = SignRefusal.Of(outcome, loading.IsComplete);
        return new DvItemResult(refusal.Status, null, refusal.Reason, refusal.Detail);
    }

    private async ValueTask<T?> ReadAsync<T>(HttpContext context, ReadBody<T> read)
        where T : class
    {
        var (value, fault) = await RequestBody.ReadAsync(context, read);
        if (fault is not null)
        {
            metrics.Malformed();
            LogMalformed(context.TraceIdentifier, fault.Reason, fault.Detail);
            await RequestBody.RefuseAsync(context, fault);
        }

        return value;
    }

    private void Ended(HttpContext context, BlsPublicKey? key, SignableMessage message, SignOutcome outcome, long started)
    {
        metrics.Ended(message.Type, outcome, time.GetElapsedTime(started));
        var client = context.Features.GetRequiredFeature<Client>().Name;
        if (outcome is SignOutcome.Signed)
        {
            LogSigned(context.TraceIdentifier, client, message.Type, key, message.DutySlot);
        }
        else
        {
            LogRefused(context.TraceIdentifier, client, message.Type, key, message.DutySlot, outcome);
        }
    }
}
