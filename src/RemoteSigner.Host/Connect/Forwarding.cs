using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// Passes each request on to the signer and its answer back, as they come, body by body without a whole one in memory. It judges nothing
/// but whether a page in a browser asks: this door lends a certificate to whoever reaches it. No body and no token is logged.
/// </summary>
internal sealed class Forwarding(SignerLink link, HostAllowlists hosts, Action<string> lost, ILogger log) : IHttpApplication<HttpContext>
{
    // RFC 9110 §7.6.1: they are about one connection. And the signer is addressed by its own name.
    private static readonly HashSet<string> _notPassedOn = new(
        [
            "Connection",
            "Proxy-Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Host",
            "Expect",
            "Proxy-Authorization",
            "Proxy-Authenticate",
            "X-Request-Id",
        ],
        StringComparer.OrdinalIgnoreCase
    );

    private const int MaxTold = 32;

    private readonly ConcurrentDictionary<string, bool> _told = [];

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing of it outlives the request.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
        try
        {
            // The signer would not see what the frame was like.
            await (
                (BrowserGuard.FaultOf(context, ListenerKind.Api, hosts) ?? Framing.FaultOfFields(context.Request)) is { } turned
                    ? TurnAwayAsync(context, turned)
                    : PassAsync(context)
            );
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            log.LogDebug(
                "request {RequestId}: nobody waits for its answer any more ({Reason})",
                context.TraceIdentifier,
                exception.Message
            );
        }
        catch (Exception exception) when (Malformed(exception) is { } malformed && !context.Response.HasStarted)
        {
            await ApiResponse.ErrorAsync(context, malformed.StatusCode, ReasonCodes.BadRequest, malformed.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            await TellLostAsync(context, exception);
        }
    }

    private Task TurnAwayAsync(HttpContext context, TurnedAway turned)
    {
        // Once each, and of few: a page can ask without end, and by any name.
        var detail = turned.Message is null
            ? turned.Detail
            : $"it is addressed to the host '{PeerText.Shown(context.Request.Host.Host, 64)}', which no --allow-host names";
        if (_told.Count < MaxTold && _told.TryAdd(detail, true))
        {
            log.LogWarning(
                "request {RequestId} is turned away, as all others for which this holds: {Reason}: {Detail}",
                context.TraceIdentifier,
                turned.Reason,
                detail
            );
        }

        return turned.AnswerAsync(context);
    }

    private async Task PassAsync(HttpContext context)
    {
        // "*", or the whole address that a proxy is asked for: neither is a signer's.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith('/') || HttpMethods.IsConnect(context.Request.Method) || HttpMethods.IsTrace(context.Request.Method))
        {
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                ReasonCodes.BadRequest,
                "this is no proxy: ask it for the paths of a signer"
            );
            return;
        }

        using var request = link.Ask(new HttpMethod(context.Request.Method), target);
        Copy(context.Request, request);
        using var answer = await link.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            // The signer's own id of the request: its log has it.
            if (!_notPassedOn.Contains(header.Key) || header.Key.Equals("X-Request-Id", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers[header.Key] = header.Value.ToArray();
            }
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static void Copy(HttpRequest from, HttpRequestMessage to)
    {
        if (from.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            to.Content = new StreamContent(from.Body);
        }

        var named = from
            .Headers.Connection.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in from.Headers)
        {
            if (
                !_notPassedOn.Contains(name)
                && !named.Contains(name)
                && !to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)
            )
            {
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    // What is wrong with the client's own body comes out of the sending of it.
    private static BadHttpRequestException? Malformed(Exception? exception) =>
        exception is null
            ? null
            : exception as BadHttpRequestException ?? BodyPipe.BadFrame(exception) ?? Malformed(exception.InnerException);

    private async Task TellLostAsync(HttpContext context, Exception exception)
    {
        lost(exception.Message);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        var neverArrived =
            exception
            is OperationCanceledException { InnerException: TimeoutException }
                or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError
                        or HttpRequestError.NameResolutionError
                        or HttpRequestError.SecureConnectionError
                };
        await (
            neverArrived
                ? ApiResponse.ErrorAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    ReasonCodes.SignerUnreachable,
                    $"the signer cannot be reached, so it was asked for nothing: {exception.Message}"
                )
                : ApiResponse.ErrorAsync(
                    context,
                    StatusCodes.Status502BadGateway,
                    ReasonCodes.SignerLost,
                    "the connection to the signer ended before it answered; ask again: the same message gets the same signature"
                )
        );
    }
}
