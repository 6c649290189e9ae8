using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>POST /api/v1/eth2/sign</c>: one message signed with many keys (open proposal, remote-signing-api PR #29). Each key is decided as if
/// it had been asked alone, thousands in one transaction; the answer has a result for each, in their order. 200 says that all are decided,
/// not that any is signed.
/// </summary>
internal sealed class BatchApi(SignRecorder recorder, BatchSigning batches)
{
    public async Task SignAsync(HttpContext context)
    {
        var (batch, fault) = await batches.ReadAsync(context);
        if (batch is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        if (batch.Request is not { } request)
        {
            await batches.RefuseGenericAsync(context, batch.Keys);
            return;
        }

        var client = context.Features.GetRequiredFeature<Client>();
        await batches.SignAsync(
            context,
            batch.Keys,
            number => new SignOrder(client, context.TraceIdentifier, batch.Keys[number], request.Message, request.ClaimedSigningRoot),
            (answer, _, signed) => answer.Hex(",\"signature\":\"0x"u8, signed.Signature.Bytes)
        );
    }
}
