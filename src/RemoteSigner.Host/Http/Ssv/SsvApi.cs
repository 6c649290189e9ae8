using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The six endpoints of ssv-signer, so that an SSV node's remote signer address may point here: for clients with a certificate, each
/// endpoint granted by name in signer.json. Two answers differ from ssv-signer's: whatever is wrong with an encrypted share, the answer is
/// one and the same (else it would tell of the padding, and in time decrypt what one likes), and the operator's key signs SSV's messages
/// alone instead of any bytes.
/// </summary>
internal sealed partial class SsvApi(
    AccessPolicy access,
    SigningApi signing,
    OperatorSigner voice,
    SsvChanges changes,
    KeymanagerChanges keymanager,
    KeymanagerApi gate,
    KeyRing ring,
    DutyTally tally,
    SignerMetrics metrics,
    TimeProvider time,
    ILogger<SsvApi> log
)
{
    private const int MaxBody = 1024 * 1024;

    /// <summary><c>GET /v1/validators</c>: public keys of the shares that this client may use.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (await FindAsync(context, SsvRight.List) is { } client)
        {
            await (
                !ring.AreOpen
                    ? ApiResponse.KeysLoadingAsync(context)
                    : ApiResponse.KeysAsync(context, ring.Shares.Select(share => share.PublicKey).Where(key => access.Allows(client, key)))
            );
        }
    }

    /// <summary><c>POST /v1/validators/sign/{identifier}</c>: as Web3Signer's, always answered in JSON.</summary>
    public async Task SignAsync(HttpContext context)
    {
        if (await FindAsync(context, SsvRight.Sign) is not null)
        {
            context.Request.Headers.Accept = "application/json";
            await signing.SignAsync(context);
        }
    }

    /// <summary><c>GET /v1/operator/identity</c>: base64 of the PEM of the public key.</summary>
    public async Task IdentityAsync(HttpContext context)
    {
        if (await FindAsync(context, SsvRight.Identity) is not null)
        {
            await (voice.PublicKey is { } key ? ApiResponse.TextAsync(context, key.ToString()) : NoKeyAsync(context));
        }
    }

    /// <summary><c>POST /v1/operator/sign</c>: the bytes of an SSVMessage → 256 bytes.</summary>
    public async Task SignMessageAsync(HttpContext context)
    {
        if (await FindAsync(context, SsvRight.Speak) is not { } client)
        {
            return;
        }

        var message = await BodyPipe.ReadWholeAsync(context, MaxBody);
        var started = time.GetTimestamp();
        try
        {
            var outcome = await voice.SignAsync(client, context.TraceIdentifier, message);
            await AnswerAsync(context, client, outcome);
            metrics.Spoke(outcome, time.GetElapsedTime(started));
        }
        catch (LedgerException exception)
        {
            log.LogError(
                exception,
                "request {RequestId}: the operator's signature for {Client} could not be noted, and was not given out",
                context.TraceIdentifier,
                client.Name
            );
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                ReasonCodes.LedgerUnavailable,
                "it could not be noted, so nothing was given out; see /healthcheck and the signer's log"
            );
        }
    }

    private Task AnswerAsync(HttpContext context, Client client, OperatorSignOutcome outcome)
    {
        switch (outcome)
        {
            case OperatorSignOutcome.Signed(var signature, _):
                tally.Signed("operator's signature");
                return ApiResponse.BinaryAsync(context, signature);
            case OperatorSignOutcome.Refused when voice.PublicKey is null:
                return NoKeyAsync(context);
            case OperatorSignOutcome.Refused(var refusal, _):
                var detail = PeerText.Shown(refusal.Detail);
                tally.Refused(context.TraceIdentifier, "the operator's signature", client, refusal.Reason, detail);
                return ApiResponse.ErrorAsync(context, StatusCodes.Status403Forbidden, refusal.Reason, detail);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary><c>POST /v1/validators</c>: at most ten encrypted shares, all or none.</summary>
    public Task ImportAsync(HttpContext context) => ChangeAsync(context, SsvRight.Import, async (client, body) =>
        {
            var shares = SsvBody.Read(body);
            return shares.All(share => access.Allows(client, share.PublicKey))
                ? await changes.ImportAsync(shares, client, context.TraceIdentifier, context.RequestAborted)
                : null;
        });

    /// <summary>
    /// <c>DELETE /v1/validators</c>. A share that is gone already is not found: a node that repeats itself after a lost answer stops at any
    /// other word.
    /// </summary>
    public Task DeleteAsync(HttpContext context) => ChangeAsync(context, SsvRight.Delete, async (client, body) =>
        {
            var keys = KeymanagerResponse.ReadKeys(body, mayLack: true);
            return keys.All(key => access.Allows(client, key))
                ?
                [
                    .. (await keymanager.DeleteAsync(keys, KeyEnd.Released, AdminRight.SsvDelete, client, context.TraceIdentifier)).Select(
                        item => item == KeymanagerItem.NotActive ? KeymanagerItem.NotFound : item
                    ),
                ]
                : null;
        });

    private async Task ChangeAsync(
        HttpContext context,
        SsvRight right,
        Func<Client, ReadOnlyMemory<byte>, Task<IReadOnlyList<KeymanagerItem>?>> change
    )
    {
        if (await FindAsync(context, right) is not { } client || !await gate.MayChangeAsync(context))
        {
            return;
        }

        if (right == SsvRight.Import && voice.PublicKey is null)
        {
            await NoKeyAsync(context);
            return;
        }

        try
        {
            await (
                await change(client, await BodyPipe.ReadWholeAsync(context, MaxBody)) is { } items
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
            await RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                MalformedRequest.MalformedJson,
                JsonFault.In("the body", exception)
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

            await RefuseAsync(
                context,
                isOfShare ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
                first.Code,
                string.Join("; ", exception.Refusals.Select(refusal => $"{refusal.Subject}: {refusal.Problem}"))
            );
        }
        catch (AdminException exception)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, exception.Code, exception.Message);
        }
        catch (Exception exception) when (exception is LedgerException || Trouble.IsOfVaultOrHardware(exception))
        {
            await KeymanagerApi.HalfDoneAsync(context, log, exception);
        }
    }

    private async Task<Client?> FindAsync(HttpContext context, SsvRight right)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        if (access.Allows(client, right))
        {
            return client;
        }

        tally.Refused(
            context.TraceIdentifier,
            $"SSV's endpoint '{right.Name()}'",
            client,
            ReasonCodes.SsvNotAllowed,
            "\"ssv\" does not name it for this client in signer.json"
        );
        await ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status403Forbidden,
            ReasonCodes.SsvNotAllowed,
            $"this takes \"ssv\": [\"{right.Name()}\"] for the client in signer.json"
        );
        return null;
    }

    private static Task NoKeyAsync(HttpContext context) =>
        ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            ReasonCodes.NoOperatorKey,
            "the keys are being opened, or 'remote-signer operator import' has not sealed this operator's yet"
        );

    private Task RefuseAsync(HttpContext context, int status, string reason, string detail)
    {
        var shown = PeerText.Shown(detail, 2 * PeerText.Most);
        tally.Refused(context.TraceIdentifier, "a change of keys", context.Features.Get<Client>(), reason, shown);
        return ApiResponse.ErrorAsync(context, status, reason, $"nothing was changed: {shown}");
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
