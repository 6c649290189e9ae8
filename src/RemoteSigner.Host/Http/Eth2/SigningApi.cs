using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>POST /api/v1/eth2/sign/{identifier}</c>: the door to the signer. A root that does not match is a 400 here, where Web3Signer answers
/// 500: the request is at fault, not the server. An unknown and a forbidden key look alike.
/// </summary>
internal sealed class SigningApi(SignRecorder recorder, LargeEnvelopes bodies)
{
    public async Task SignAsync(HttpContext context)
    {
        var (request, fault) = await bodies.ReadAsync(context);
        if (request is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        var client = context.Features.GetRequiredFeature<Client>();
        BlsPublicKey? key = BlsPublicKey.TryParse((string)context.Request.RouteValues["identifier"]!, out var named) ? named : null;
        await recorder.SignAsync(
            context,
            new SignOrder(client, context.TraceIdentifier, key, request.Message, request.ClaimedSigningRoot),
            AnswerAsync
        );
    }

    private static Task AnswerAsync(HttpContext context, SignOutcome outcome) =>
        outcome is SignOutcome.Signed(var signature, _)
            ? ApiResponse.SignatureAsync(context, signature.Bytes)
            : ApiResponse.RefusalAsync(context, SignRefusal.Of(outcome));
}
