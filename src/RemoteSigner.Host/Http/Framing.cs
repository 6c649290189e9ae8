using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;

namespace RemoteSigner.Host.Http;

/// <summary>
/// What the web server takes, and a proxy in front of it may take for something else: who reads the same bytes as two requests, or as
/// another path, can be led past a rule of the other. A request is what the page of the API says, to the letter, or it is refused.
/// </summary>
internal static class Framing
{
    // Where the server puts a Content-Length that came together with chunks, after it has decided for the chunks.
    private const string SetAside = "X-Content-Length";

    private static readonly SearchValues<char> _token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    // All but the tab.
    private static readonly SearchValues<char> _controls = SearchValues.Create([
        .. Enumerable.Range(0, 32).Append(127).Select(code => (char)code).Where(character => character != '\t'),
    ]);

    /// <summary>What is wrong with the frame of a request; null when nothing is.</summary>
    public static TurnedAway? FaultOf(HttpContext context, ListenerKind kind) =>
        FaultOfFields(context.Request)
        // Before the control socket is no proxy, and the console writes there what it was given.
        ?? (
            kind == ListenerKind.Control || IsPlain(context)
                ? null
                : new(
                    StatusCodes.Status400BadRequest,
                    ReasonCodes.PathNotPlain,
                    "a path is written as the documentation has it: without percent signs, dots or a host"
                )
        );

    /// <summary>
    /// What is wrong with the fields of a head, above all with the way in which a body is announced; null when nothing is.
    /// </summary>
    public static TurnedAway? FaultOfFields(HttpRequest request)
    {
        foreach (var (name, values) in request.Headers)
        {
            // RFC 9110 §5.1 and §5.5. Over HTTP/2 the server has looked at the names, and its own begin with a colon.
            if ((!HttpProtocol.IsHttp2(request.Protocol) && name.AsSpan().ContainsAnyExcept(_token)) || HasControl(values))
            {
                return new(
                    StatusCodes.Status400BadRequest,
                    ReasonCodes.HeaderNotPlain,
                    "a header's name is letters, digits and hyphens, and no control character is in its value"
                );
            }
        }

        if (
            request.Headers.TransferEncoding is { Count: > 0 } coding
            && (coding is not ["chunked"] || request.Protocol != HttpProtocol.Http11)
        )
        {
            return new(
                StatusCodes.Status400BadRequest,
                ReasonCodes.TransferEncoding,
                "the only Transfer-Encoding is chunked, with HTTP/1.1"
            );
        }

        if (request.Headers.ContainsKey(SetAside))
        {
            return new(StatusCodes.Status400BadRequest, ReasonCodes.TwoLengths, "a body in chunks has no Content-Length beside them");
        }

        return request.Headers.ContentEncoding.Count == 0
            ? null
            : new(
                StatusCodes.Status415UnsupportedMediaType,
                ReasonCodes.ContentEncoding,
                "a body is sent as it is: without Content-Encoding"
            );
    }

    private static bool HasControl(StringValues values)
    {
        foreach (var value in values)
        {
            if (value.AsSpan().ContainsAny(_controls))
            {
                return true;
            }
        }

        return false;
    }

    // Else it was decoded, shortened or taken out of a URL, and another program may have read another path.
    private static bool IsPlain(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        return (query < 0 ? target : target[..query]).SequenceEqual(context.Request.Path.Value);
    }

    /// <summary>
    /// Is the path of a request the endpoint's own, in its case and without a slash at the end? Routing is more generous.
    /// </summary>
    public static bool IsExact(HttpContext context, RouteEndpoint endpoint)
    {
        var path = context.Request.Path.Value.AsSpan();
        var segments = endpoint.RoutePattern.PathSegments;
        foreach (var segment in segments)
        {
            if (path.IsEmpty)
            {
                return false;
            }

            var rest = path[1..];
            var slash = rest.IndexOf('/');
            var part = slash < 0 ? rest : rest[..slash];
            if (segment.Parts is [RoutePatternLiteralPart literal] && !part.SequenceEqual(literal.Content))
            {
                return false;
            }

            path = slash < 0 ? default : rest[slash..];
        }

        return path.IsEmpty;
    }
}
