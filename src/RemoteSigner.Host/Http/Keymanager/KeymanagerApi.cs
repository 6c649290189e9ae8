using System.Text.Json;
using RemoteSigner.Administration;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
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
    KeyChangeGate changeGate,
    KeyListing listing,
    KeymanagerChanges changes,
    SlashingProtection slashing,
    DutyTally tally,
    ILogger<KeymanagerApi> log
)
{
    /// <summary><c>GET /eth/v1/keystores</c>.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is { } client)
        {
            await listing.WriteAsync(context, client, "data", KeymanagerResponse.WriteKeystore);
        }
    }

    /// <summary><c>POST /eth/v1/keystores</c>.</summary>
    public async Task ImportAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is not { } client || !await changeGate.MayChangeAsync(context))
        {
            return;
        }

        try
        {
            using var push = await changes.ReadAsync(context);
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
            await changeGate.RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                MalformedRequest.MalformedJson,
                JsonFault.In("the body", exception)
            );
        }
        catch (InterchangeException exception)
        {
            await changeGate.RefuseAsync(context, StatusCodes.Status400BadRequest, ReasonCodes.SlashingProtection, exception.Message);
        }
        catch (AdminException exception)
        {
            await changeGate.RefuseAsync(
                context,
                exception.Fault == AdminFault.NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status503ServiceUnavailable,
                exception.Code,
                exception.Message
            );
        }
        catch (Exception exception) when (exception is LedgerException || Trouble.IsOfVaultOrHardware(exception))
        {
            await KeyChangeGate.HalfDoneAsync(context, log, exception);
        }
    }

    /// <summary><c>DELETE /eth/v1/keystores</c>.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        if (await gate.FindAsync(context) is not { } client || !await changeGate.MayChangeAsync(context))
        {
            return;
        }

        try
        {
            using var body = await PinnedBody.ReadAsync(context);
            var keys = KeymanagerResponse.ReadKeys(body.Utf8.ToArray());
            var items = await changes.DeleteAsync(keys, client, context.TraceIdentifier);
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
            await changeGate.RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                MalformedRequest.MalformedJson,
                JsonFault.In("the body", exception)
            );
        }
        catch (AdminException exception)
        {
            await changeGate.RefuseAsync(
                context,
                exception.Fault == AdminFault.NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status503ServiceUnavailable,
                exception.Code,
                exception.Message
            );
        }
        catch (Exception exception) when (exception is LedgerException || Trouble.IsOfVaultOrHardware(exception))
        {
            await KeyChangeGate.HalfDoneAsync(context, log, exception);
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
}
