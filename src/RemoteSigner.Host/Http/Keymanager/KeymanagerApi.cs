using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The Keymanager API (ethereum/keymanager-APIs), with one difference that keeps keys: Charon looks at the status alone and has nothing
/// left of a key that it pushed, so one keystore that fails makes the whole answer an error, and nothing of the batch is kept. A client
/// whose keys signer.json names sees these alone, and a request for another is refused whole.
/// </summary>
internal sealed class KeymanagerApi(
    KeymanagerGate gate,
    AccessPolicy access,
    KeymanagerChanges changes,
    KeyRing ring,
    KeyLoading loading,
    Fence fence,
    SlashingProtection slashing,
    SecretArena arena,
    SignerOptions options,
    DutyTally tally,
    ILogger<KeymanagerApi> log
)
{
    /// <summary><c>GET /eth/v1/keystores</c>.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is { } client)
        {
            await (
                !ring.AreOpen
                    ? ApiResponse.KeysLoadingAsync(context)
                    : ApiResponse.KeysAsync(
                        context,
                        ring.Shares.Select(share => share.PublicKey).Where(key => access.Allows(client, key)),
                        "data",
                        KeymanagerResponse.WriteKeystore
                    )
            );
        }
    }

    /// <summary><c>POST /eth/v1/keystores</c>.</summary>
    public async Task ImportAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is not { } client || !await MayChangeAsync(context))
        {
            return;
        }

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.Keymanager.MaxBodyBytes;
        try
        {
            using var push = await ReadAsync(context);
            var items = await changes.ImportAsync(push, client, context.TraceIdentifier, context.RequestAborted);
            var failed = items.Count(item => item.Status == KeymanagerItem.Error);
            if (failed == 0)
            {
                log.LogInformation(
                    "request {RequestId}: {Client} pushed {Count} keystores: {Imported} imported, the others were here",
                    context.TraceIdentifier,
                    client.Name,
                    items.Count,
                    items.Count(item => item.Status == KeymanagerItem.Imported.Status)
                );
            }
            else
            {
                tally.Refused(
                    context.TraceIdentifier,
                    $"a push of {items.Count} keystores",
                    client,
                    "not_imported",
                    items.First(item => item.Status == KeymanagerItem.Error && item != KeymanagerItem.NotKept).Message
                );
            }

            await ApiResponse.DocumentAsync(
                context,
                KeymanagerResponse.Items(items),
                failed == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
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
        catch (InterchangeException exception)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, ReasonCodes.SlashingProtection, exception.Message);
        }
        catch (AdminException exception)
        {
            await RefuseAsync(
                context,
                exception.Fault == AdminFault.NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status503ServiceUnavailable,
                exception.Code,
                exception.Message
            );
        }
        catch (Exception exception) when (exception is LedgerException || Trouble.IsOfVaultOrHardware(exception))
        {
            await HalfDoneAsync(context, log, exception);
        }
    }

    /// <summary><c>DELETE /eth/v1/keystores</c>.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is not { } client || !await MayChangeAsync(context))
        {
            return;
        }

        try
        {
            using var body = await PinnedBody.ReadAsync(context);
            var keys = KeymanagerResponse.ReadKeys(body.Utf8.ToArray());
            var items = await changes.DeleteAsync(keys, KeyEnd.Retired, AdminRight.ManageKeys, client, context.TraceIdentifier);
            await ApiResponse.DocumentAsync(
                context,
                KeymanagerResponse.Items(
                    items,
                    await ExportAsync([.. keys.Zip(items).Where(pair => pair.Second != KeymanagerItem.NotFound).Select(pair => pair.First)])
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
        catch (AdminException exception)
        {
            await RefuseAsync(
                context,
                exception.Fault == AdminFault.NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status503ServiceUnavailable,
                exception.Code,
                exception.Message
            );
        }
        catch (Exception exception) when (exception is LedgerException || Trouble.IsOfVaultOrHardware(exception))
        {
            await HalfDoneAsync(context, log, exception);
        }
    }

    /// <summary><c>GET /eth/v1/remotekeys</c>: this signer is where keys are, it has none elsewhere.</summary>
    public async Task ListRemoteAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is not null)
        {
            await ApiResponse.DocumentAsync(context, """{"data":[]}"""u8.ToArray());
        }
    }

    public async Task RefuseRemoteAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is not null)
        {
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status403Forbidden,
                ReasonCodes.RemotekeysReadOnly,
                "this signer uses no other signer's keys"
            );
        }
    }

    /// <summary>
    /// A change may have got half way: what was to be deleted signs no more, what was to come in does not sign yet. Repeating it finishes
    /// it.
    /// </summary>
    internal static Task HalfDoneAsync(HttpContext context, ILogger log, Exception exception)
    {
        log.LogError(
            exception,
            "request {RequestId}: the change of keys was interrupted: {Message}",
            context.TraceIdentifier,
            exception.Message
        );
        return ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            exception is LedgerException ? ReasonCodes.LedgerUnavailable : ReasonCodes.VaultUnavailable,
            "the change was interrupted and may be half done: keys that were to go may sign no more, keys that were to "
                + "come do not sign yet; repeat the request to finish it. See /healthcheck and the signer's log"
        );
    }

    // A vault that was put back must not be changed: it would take the generation that gives it away.
    internal async Task<bool> MayChangeAsync(HttpContext context)
    {
        if (loading.IsComplete && fence.State.Closed is null)
        {
            return true;
        }

        var (reason, detail) =
            loading.IsComplete && fence.State.Closed is { } closed
                ? (closed.Reason.Code(), closed.Detail)
                : (ReasonCodes.KeysLoading, "the keys are being opened; see /healthcheck");
        await ApiResponse.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, reason, detail);
        return false;
    }

    private async Task<KeystorePush> ReadAsync(HttpContext context)
    {
        using var body = await PinnedBody.ReadAsync(context);
        return KeystorePush.Read(body.Utf8, arena);
    }

    private async Task<byte[]> ExportAsync(List<BlsPublicKey> keys)
    {
        using var file = new MemoryStream();
        try
        {
            await slashing.ExportAsync(file, keys);
            return file.ToArray();
        }
        // On a chain without a known genesis validators root nothing was signed yet, so there is no history, and no root to put over it.
        catch (InterchangeException)
        {
            return KeymanagerResponse.NoHistory();
        }
    }

    private Task RefuseAsync(HttpContext context, int status, string reason, string detail)
    {
        var shown = PeerText.Shown(detail);
        tally.Refused(context.TraceIdentifier, "a change of keys", context.Features.Get<Client>(), reason, shown);
        return ApiResponse.ErrorAsync(context, status, reason, $"nothing was changed: {shown}");
    }
}
