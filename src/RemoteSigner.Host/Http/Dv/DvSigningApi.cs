using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Keys;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// Partial signatures by group key: one, a batch, and what would become of one. The same signer, the same permissions and the same refusals as Web3Signer's
/// door; whole keys are not seen here. A dry run is neither recorded nor audited, as nothing was decided.
/// </summary>
internal sealed class DvSigningApi(SignRecorder recorder, Signer signer)
{
    public async Task SignAsync(HttpContext context)
    {
        if (await ReadAsync<SignRequest>(context, WireFormat.TryReadSignRequest) is { } request)
        {
            BlsPublicKey? group = BlsPublicKey.TryParse((string)context.Request.RouteValues["group_pubkey"]!, out var named) ? named : null;
            await recorder.SignAsync(context, Order(context, group, NamedKey.Group, request), AnswerAsync);
        }
    }

    public async Task SignBatchAsync(HttpContext context)
    {
        if (await ReadAsync<DvBatch>(context, WireFormat.TryReadDvBatch) is { } batch)
        {
            await recorder.SignAllAsync(context, [.. batch.Items.Select(item => Order(context, item))], AnswerAllAsync);
        }
    }

    public async Task ForeseeAsync(HttpContext context)
    {
        if (await ReadAsync<DvItem>(context, WireFormat.TryReadDvItem) is not { } item)
        {
            return;
        }

        var foresight = await signer.ForeseeAsync(Order(context, item));
        var refusal = foresight.Refusal is { } outcome ? SignRefusal.Of(outcome) : null;
        await (foresight.Refusal is SignOutcome.UnknownKey or SignOutcome.NotAllowed or SignOutcome.KeysLoading
            ? Answer.RefusalAsync(context, refusal!)
            : DvAnswer.WriteAsync(context, new DvForesight(
                refusal is null, foresight.Refusal is SignOutcome.Slashable, foresight.SignedBefore, foresight.SigningRoot?.ToString(), refusal?.Reason, refusal?.Detail)));
    }

    private static Task AnswerAsync(HttpContext context, SignOutcome outcome) =>
        outcome is SignOutcome.Signed signed ? DvAnswer.WriteAsync(context, Partial(signed)) : Answer.RefusalAsync(context, SignRefusal.Of(outcome));

    private static Task AnswerAllAsync(HttpContext context, IReadOnlyList<SignOutcome> outcomes) =>
        DvAnswer.WriteAsync(context, new DvBatchResult([.. outcomes.Select(ResultOf)]));

    private static SignOrder Order(HttpContext context, DvItem item) => Order(context, item.Key, item.IsGroupKey ? NamedKey.Group : NamedKey.ShareOfGroup, item.Request);

    private static SignOrder Order(HttpContext context, BlsPublicKey? key, NamedKey named, SignRequest request) =>
        new(context.Features.GetRequiredFeature<Client>(), context.TraceIdentifier, key, request.Message, request.ClaimedSigningRoot) { Named = named };

    private static DvPartial Partial(SignOutcome.Signed signed)
    {
        var share = signed.Share;
        return new DvPartial(
            share.GroupKey!.Value.ToString(), share.Membership?.ShareIndex.ToString(), share.PublicKey.ToString(), signed.Signature.ToString(), signed.SigningRoot.ToString());
    }

    private static DvItemResult ResultOf(SignOutcome outcome)
    {
        if (outcome is SignOutcome.Signed signed)
        {
            return new DvItemResult(StatusCodes.Status200OK, Partial(signed), null, null);
        }

        var refusal = SignRefusal.Of(outcome);
        return new DvItemResult(refusal.Status, null, refusal.Reason, refusal.Detail);
    }

    private async ValueTask<T?> ReadAsync<T>(HttpContext context, ReadBody<T> read)
        where T : class
    {
        var (value, fault) = await RequestBody.ReadAsync(context, read);
        if (fault is not null)
        {
            await recorder.RefuseAsync(context, fault);
        }

        return value;
    }
}
