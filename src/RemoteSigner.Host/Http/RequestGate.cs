using Microsoft.AspNetCore.Connections.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Running;
using RemoteSigner.Host.Tls;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Http;

/// <summary>
/// What every request passes before its endpoint: the right door, the right host name, a frame that nobody can read in two ways, a client
/// that is still trusted. And how a request ends that no endpoint has answered: what the client did wrong is one line, that it went away is
/// none, and what is wrong with us has its stack in the log.
/// </summary>
internal sealed class RequestGate(
    RequestDelegate next,
    HostAllowlists hosts,
    ClientNaming names,
    RefusedClients refused,
    DutyTally tally,
    SignerMetrics metrics,
    ILogger<RequestGate> log
)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
        try
        {
            await AdmitAsync(context, Listener.Of(context));
            if (
                context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null }
                && !context.RequestAborted.IsCancellationRequested
            )
            {
                await ApiResponse.ErrorAsync(context, context.Response.StatusCode);
            }
        }
        catch (ClientNotTrustedException) when (!context.Response.HasStarted)
        {
            await RefuseClientAsync(context);
        }
        catch (NoKeysToListException exception) when (!context.Response.HasStarted)
        {
            Note(context, exception.Reason, exception.Message);
            await ApiResponse.ErrorAsync(context, StatusCodes.Status403Forbidden, exception.Reason, exception.Message);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            const string Reason = ReasonCodes.BadRequest;
            Note(context, Reason, exception.Message);
            Close(context);
            await ApiResponse.ErrorAsync(context, exception.StatusCode, Reason, exception.Message);
        }
        catch (LedgerException exception) when (!context.Response.HasStarted)
        {
            log.LogError(exception, "request {RequestId}: the ledger is not available; nothing was signed", context.TraceIdentifier);
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                ReasonCodes.LedgerUnavailable,
                "the duty could not be recorded, so nothing was signed; see /healthcheck and the signer's log"
            );
        }
        catch (Exception exception) when (IsGone(context, exception))
        {
            metrics.Abandoned();
            log.LogDebug(
                "request {RequestId} {Method} {Path}: the client went away: {Reason}",
                context.TraceIdentifier,
                context.Request.Method,
                PeerText.Shown(context.Request.Path),
                PeerText.Shown(exception.Message)
            );

            Leave(context);
        }
        catch (Exception exception)
        {
            log.LogError(
                exception,
                "request {RequestId} {Method} {Path} failed",
                context.TraceIdentifier,
                context.Request.Method,
                PeerText.Shown(context.Request.Path)
            );
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status500InternalServerError,
                ReasonCodes.InternalError,
                "see the signer's log under this request's X-Request-Id"
            );
        }
    }

    // Not async, nor what it calls on the way in: each such method would be an object more for every request.
    private Task AdmitAsync(HttpContext context, Listener listener)
    {
        if ((BrowserGuard.FaultOf(context, listener.Kind, hosts) ?? Framing.FaultOf(context, listener.Kind)) is { } turned)
        {
            // So that the log has whose request it was.
            _ = KnowsClients(listener) && names.TryName(context);
            Note(context, turned.Reason, turned.Detail);
            return turned.AnswerAsync(context);
        }

        return KnowsClients(listener) && !names.TryName(context) ? RefuseClientAsync(context) : RunAsync(context, listener.Kind);
    }

    private Task RunAsync(HttpContext context, ListenerKind kind)
    {
        // Routing's own endpoint for a wrong verb is no route, and passes: it only answers 405.
        if (context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var door = endpoint.Metadata.GetMetadata<ListenerAttribute>();
            if (door?.Allows(kind) != true || !Framing.IsExact(context, endpoint))
            {
                context.SetEndpoint(null);
            }
            else if (door.TakesCertificate && context.Features.Get<Client>()?.CertificateFingerprint is null)
            {
                return RefuseWithoutCertificateAsync(context, endpoint);
            }
        }

        return next(context);
    }

    // A loopback listener knows its client without one; what he asks for there is written down as what he may not.
    private Task RefuseWithoutCertificateAsync(HttpContext context, RouteEndpoint endpoint)
    {
        const string Reason = ReasonCodes.CertificateRequired;
        Note(context, Reason, "it takes a client certificate, and came without one");
        if (context.Features.Get<Client>() is { } client)
        {
            refused.Record(
                client,
                context.TraceIdentifier,
                $"{Reason}: it asked for {endpoint.RoutePattern.RawText} at a loopback listener"
            );
        }

        return ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status403Forbidden,
            Reason,
            "this takes a client certificate: ask at the API's listener with mutual TLS, or, for an "
                + "attestation, at the operations listener with operations.tls true in signer.json"
        );
    }

    private static bool KnowsClients(Listener listener) => listener.AsksForCertificate || listener.FixedClient is not null;

    // So that nothing is taken for an answer that is none.
    private static void Leave(HttpContext context)
    {
        Close(context);
        context.Abort();
    }

    // What is left of a body that could not be read is no next request; the server would look for one in it, and stumble over the read that
    // failed.
    private static void Close(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            if (!context.Response.HasStarted)
            {
                context.Response.Headers.Connection = "close";
            }

            // The header alone is passed over where the client has gone.
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    // Who reads for somebody that has gone may hear of it from the connection, the request or the certificate.
    private static bool IsGone(HttpContext context, Exception exception) =>
        exception is ClientGoneException or OperationCanceledException
        || (exception is IOException or ObjectDisposedException && context.RequestAborted.IsCancellationRequested);

    private void Note(HttpContext context, string reason, string detail)
    {
        metrics.Turned(reason);

        // The audit log has none of these: what is wrong with each, such as the host name that it came by, stands here or nowhere.
        tally.Refused(context.TraceIdentifier, "a request", context.Features.Get<Client>(), reason, detail, isApart: true);
    }

    private const string NotAccepted =
        "the certificate, or the connection's version of TLS, is not accepted any more: tls in signer.json has changed";

    private Task RefuseClientAsync(HttpContext context)
    {
        refused.Record(context.Connection.ClientCertificate, ConnectionPeer.Of(context).EndPoint, NotAccepted);
        context.Response.Headers.Connection = "close";
        return ApiResponse.ErrorAsync(context, StatusCodes.Status403Forbidden, ReasonCodes.ClientNotTrusted, NotAccepted);
    }
}
