using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Keys;
using RemoteSigner.Signing;

namespace RemoteSigner.Host.Http.Dv;

/// <summary>
/// What would become of a sign request now. A dry run is neither recorded nor audited, as nothing was decided; whole keys are not seen
/// here.
/// </summary>
internal sealed class DvForesightApi(SignRecorder recorder, Signer signer)
{
    public async Task ForeseeAsync(HttpContext context)
    {
        var (item, fault) = await RequestBody.ReadAsync<DvItem>(context, WireFormat.TryReadDvItem);
        if (item is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        var request = item.Request;
        var foresight = await signer.ForeseeAsync(
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
        var refusal = foresight.Refusal is { } outcome ? SignRefusal.Of(outcome) : null;
        await (
            foresight.Refusal is SignOutcome.UnknownKey or SignOutcome.NotAllowed or SignOutcome.KeysLoading
                ? Answer.RefusalAsync(context, refusal!)
                : DvAnswer.WriteAsync(
                    context,
                    new DvForesight(
                        refusal is null,
                        foresight.Refusal is SignOutcome.Slashable,
                        foresight.SignedBefore,
                        foresight.SigningRoot?.ToString(),
                        refusal?.Reason,
                        refusal?.Detail
                    )
                )
        );
    }
}
