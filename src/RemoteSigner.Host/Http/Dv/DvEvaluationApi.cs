using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Keys;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// What would become of a sign request now. A dry run is neither recorded nor audited, as nothing was decided; whole keys are not seen
/// here.
/// </summary>
internal sealed class DvEvaluationApi(SignRecorder recorder, Signer signer)
{
    public async Task EvaluateAsync(HttpContext context)
    {
        var (item, fault) = await RequestBody.ReadAsync<DvItem>(context, WireFormat.TryReadDvItem);
        if (item is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        var request = item.Request;
        var evaluation = await signer.EvaluateAsync(
            new SignOrder(
                context.Features.GetRequiredFeature<Client>(),
                context.TraceIdentifier,
                item.Key,
                request.Message,
                request.ClaimedSigningRoot
            )
            {
                Named = item.IsGroupKey ? NamedKey.Group : NamedKey.ShareOfGroup,
            }
        );
        var refusal = evaluation.Refusal is { } outcome ? SignRefusal.Of(outcome) : null;
        await (
            evaluation.Refusal is SignOutcome.UnknownKey or SignOutcome.NotAllowed or SignOutcome.KeysLoading
                ? ApiResponse.RefusalAsync(context, refusal!)
                : DvResult.WriteAsync(
                    context,
                    new DvEvaluation(
                        refusal is null,
                        evaluation.Refusal is SignOutcome.Slashable,
                        evaluation.SignedBefore,
                        evaluation.SigningRoot?.ToString(),
                        refusal?.Reason,
                        refusal?.Detail
                    )
                )
        );
    }
}
