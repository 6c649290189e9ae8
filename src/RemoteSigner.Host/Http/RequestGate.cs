using RemoteSigner.Host.Tls;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Http;

/// <summary>What every request passes before its endpoint: the right door, the right host name, a client that is still trusted.</summary>
internal sealed class RequestGate(
    RequestDelegate next, HostAllowlists hosts, ClientNaming names, RefusedClients refused, ILogger<RequestGate> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
        var listener = Listener.Of(context);
        if (await BrowserGuard.TurnsAwayAsync(context, listener.Kind, hosts))
        {
            return;
        }

        if ((listener.AsksForCertificate || listener.FixedClient is not null) && !names.TryName(context))
        {
            await RefuseClientAsync(context);
            return;
        }

        await RunAsync(context, listener.Kind);
    }

    private async Task RunAsync(HttpContext context, ListenerKind kind)
    {
        try
        {
            // Routing's own endpoint for a wrong verb is no route, and passes: it only answers 405.
            if (context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<DoorAttribute>()?.Allows(kind) != true)
            {
                context.SetEndpoint(null);
            }

            await next(context);
        }
        catch (ClientNotTrustedException) when (!context.Response.HasStarted)
        {
            await RefuseClientAsync(context);
            return;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await Answer.ErrorAsync(context, exception.StatusCode, "bad_request", exception.Message);
            return;
        }
        catch (LedgerException exception) when (!context.Response.HasStarted)
        {
            log.LogError(exception, "request {RequestId}: the ledger is not available; nothing was signed", context.TraceIdentifier);
            await Answer.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "ledger_unavailable", "the duty could not be recorded, so nothing was signed; see /healthcheck and the signer's log");
            return;
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            log.LogInformation("request {RequestId} {Method} {Path}: nobody waits for its answer any more ({Reason})", context.TraceIdentifier, context.Request.Method, context.Request.Path, exception.Message);
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted && exception is not OperationCanceledException)
        {
            log.LogError(exception, "request {RequestId} {Method} {Path} failed", context.TraceIdentifier, context.Request.Method, context.Request.Path);
            await Answer.ErrorAsync(context, StatusCodes.Status500InternalServerError, "internal_error", "see the signer's log under this request's X-Request-Id");
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null })
        {
            await Answer.ErrorAsync(context, context.Response.StatusCode);
        }
    }

    private Task RefuseClientAsync(HttpContext context)
    {
        refused.Record(context.Connection.ClientCertificate, ConnectionPeer.Of(context).EndPoint, "the certificate is not trusted any more");
        context.Response.Headers.Connection = "close";
        return Answer.ErrorAsync(context, StatusCodes.Status403Forbidden, "client_not_trusted", "the certificate is not trusted any more");
    }
}
