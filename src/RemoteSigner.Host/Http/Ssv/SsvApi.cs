using System.Text.Json;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The endpoints of ssv-signer for validators, so that an SSV node's remote signer address may point here: for clients with a certificate,
/// each endpoint granted by name in signer.json. One answer differs from ssv-signer's: whatever is wrong with an encrypted share, the
/// answer is one and the same. Else it would tell of the padding, and in time decrypt what one likes.
/// </summary>
internal sealed partial class SsvApi(
    SsvGate gate,
    KeyChangeGate changeGate,
    KeyListing listing,
    SigningApi signing,
    SsvChanges changes,
    ILogger<SsvApi> log
)
{
    private const int LongestDetail = 2 * PeerText.Most;

    /// <summary><c>GET /v1/validators</c>: public keys of the shares that this client may use.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (await gate.FindAsync(context, SsvRight.List) is { } client)
        {
            await listing.WriteAsync(context, client);
        }
    }

    /// <summary><c>POST /v1/validators/sign/{identifier}</c>: as Web3Signer's, always answered in JSON.</summary>
    public async Task SignAsync(HttpContext context)
    {
        if (await gate.FindAsync(context, SsvRight.Sign) is not null)
        {
            context.Request.Headers.Accept = "application/json";
            await signing.SignAsync(context);
        }
    }

    /// <summary><c>POST /v1/validators</c>: at most ten encrypted shares, all or none.</summary>
    public Task ImportAsync(HttpContext context) => ChangeAsync(context, SsvRight.Import, async (client, body) =>
        {
            var shares = SsvBody.Read(body);
            return gate.Allows(client, shares.Select(share => share.PublicKey))
                ? await changes.ImportAsync(shares, client, context.TraceIdentifier, context.RequestAborted)
                : null;
        });

    /// <summary><c>DELETE /v1/validators</c>.</summary>
    public Task DeleteAsync(HttpContext context) => ChangeAsync(context, SsvRight.Delete, async (client, body) =>
        {
            var keys = KeymanagerResponse.ReadKeys(body, mayLack: true);
            return gate.Allows(client, keys) ? await changes.DeleteAsync(keys, client, context.TraceIdentifier) : null;
        });

    private async Task ChangeAsync(
        HttpContext context,
        SsvRight right,
        Func<Client, ReadOnlyMemory<byte>, Task<IReadOnlyList<KeymanagerItem>?>> change
    )
    {
        if (await gate.FindAsync(context, right) is not { } client || !await changeGate.MayChangeAsync(context))
        {
            return;
        }

        if (right == SsvRight.Import && !changes.CanOpen)
        {
            await SsvOperatorApi.NoKeyAsync(context);
            return;
        }

        try
        {
            await (
                await change(client, await BodyPipe.ReadWholeAsync(context, SsvBody.MaxLength)) is { } items
                    ? ApiResponse.DocumentAsync(context, KeymanagerResponse.Items(items))
                    : ApiResponse.ErrorAsync(
                        context,
                        StatusCodes.Status403Forbidden,
                        ReasonCodes.KeyNotAllowed,
                        "signer.json names the keys of this client, and at least one of these is not among them"
                    )
            );
        }
        catch (JsonException exception)
        {
            await changeGate.RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                MalformedRequest.MalformedJson,
                JsonFault.In("the body", exception),
                LongestDetail
            );
        }
        // 422 is what a node takes for a bad registration, which it passes over. It stops at anything else, so a share that may not come in
        // is one, too; what is wrong with the signer is not.
        catch (ImportException exception)
        {
            var first = exception.Refusals[0];
            var isOfShare = first.Code != ImportFault.GenesisUnknown.Code();
            if (isOfShare && first.Code != ImportFault.ShareDoesNotOpen.Code())
            {
                LogPassedOver(context.TraceIdentifier, first.Subject, first.Code, first.Problem, first.Hint);
            }

            await changeGate.RefuseAsync(
                context,
                isOfShare ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
                first.Code,
                string.Join("; ", exception.Refusals.Select(refusal => $"{refusal.Subject}: {refusal.Problem}")),
                LongestDetail
            );
        }
        catch (AdminException exception)
        {
            await changeGate.RefuseAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                exception.Code,
                exception.Message,
                LongestDetail
            );
        }
        catch (Exception exception) when (exception is LedgerException || Trouble.IsOfVaultOrHardware(exception))
        {
            await KeyChangeGate.HalfDoneAsync(context, log, exception);
        }
    }

    // The first in the words of all refusals; each of them here, because the node will not ask for it again.
    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "request {RequestId}: {Share} does not come in ({Reason}): {Problem}; the node passes this registration over and "
            + "performs no duty of its validator. {Hint}; then the node must read the contract anew, "
            + "with an empty database, or the owner register the validator again"
    )]
    private partial void LogPassedOver(string requestId, string share, string reason, string problem, string hint);
}
