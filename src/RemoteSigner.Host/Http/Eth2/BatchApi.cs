using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>POST /api/v1/eth2/sign</c>: one message signed with many keys (open proposal, remote-signing-api PR #29). Each key is decided as if it had been asked alone, all in one transaction; the answer has a
/// result for each, in their order. 200 says that all were decided, not that any was signed.
/// </summary>
internal sealed class BatchApi(SignRecorder recorder)
{
    public async Task SignAsync(HttpContext context)
    {
        var (batch, fault) = await RequestBody.ReadAsync<SignBatch>(context, WireFormat.TryReadBatch);
        if (batch is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        if (batch.Request is not { } request)
        {
            await recorder.RecordGenericAsync(context);
            await AnswerAsync(context, [.. batch.Keys.Select(key => new SignBatchResult(key.ToString(), null, SignBatchError.Generic))]);
            return;
        }

        var client = context.Features.GetRequiredFeature<Client>();
        await recorder.SignAllAsync(
            context,
            [.. batch.Keys.Select(key => new SignOrder(client, context.TraceIdentifier, key, request.Message, request.ClaimedSigningRoot))],
            (answered, outcomes) => AnswerAsync(answered, [.. outcomes.Select((outcome, i) => ResultOf(batch.Keys[i], outcome))]));
    }

    private static SignBatchResult ResultOf(BlsPublicKey key, SignOutcome outcome) => outcome is SignOutcome.Signed signed
        ? new SignBatchResult(key.ToString(), signed.Signature.ToString(), null)
        : new SignBatchResult(key.ToString(), null, SignBatchError.Of(outcome));

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<SignBatchResult> results) =>
        Answer.DocumentAsync(context, JsonSerializer.SerializeToUtf8Bytes(results, SignBatchContext.Default.IReadOnlyListSignBatchResult));
}
