using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace RemoteSigner.Host.Http;

/// <summary>Understands a body, or says what is wrong with it.</summary>
internal delegate bool ReadBody<T>(
    ReadOnlyMemory<byte> body,
    [NotNullWhen(true)] out T? value,
    [NotNullWhen(false)] out MalformedRequest? fault
)
    where T : class;

/// <summary>Reads request bodies whole, and answers those that cannot be understood.</summary>
internal static class RequestBody
{
    /// <summary>
    /// The body as <paramref name="read"/> understands it, or its fault. It is buffered by the server's pipe, whose size Kestrel limits:
    /// nothing is copied for a body of one segment.
    /// </summary>
    public static async ValueTask<(T? Value, MalformedRequest? Fault)> ReadAsync<T>(HttpContext context, ReadBody<T> read)
        where T : class
    {
        var pipe = context.Request.BodyReader;
        while (true)
        {
            var result = await BodyPipe.ReadAsync(context, context.RequestAborted);
            if (result.IsCompleted)
            {
                return Finish(context, result, read);
            }

            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The body that a read of the request's pipe has brought whole.</summary>
    public static (T? Value, MalformedRequest? Fault) Finish<T>(HttpContext context, ReadResult whole, ReadBody<T> read)
        where T : class
    {
        ClientNaming.RequireSame(context);
        try
        {
            var body = whole.Buffer.IsSingleSegment ? whole.Buffer.First : whole.Buffer.ToArray();
            return read(body, out var value, out var fault) ? (value, null) : (null, fault);
        }
        finally
        {
            context.Request.BodyReader.AdvanceTo(whole.Buffer.End);
        }
    }

    /// <summary>
    /// 400 with the fault, 413 where there was too much, 501 for a type that is known and never signed, and what a body that did not come
    /// asks for.
    /// </summary>
    public static Task RefuseAsync(HttpContext context, MalformedRequest fault)
    {
        if (fault.Reason == MalformedRequest.Busy)
        {
            ApiResponse.AskAgain(context);
        }

        return ApiResponse.ErrorAsync(context, StatusOf(fault), fault.Reason, fault.Detail);
    }

    private static int StatusOf(MalformedRequest fault) =>
        fault.Reason switch
        {
            MalformedRequest.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
            MalformedRequest.TooSlow => StatusCodes.Status408RequestTimeout,
            MalformedRequest.Busy => StatusCodes.Status503ServiceUnavailable,
            MalformedRequest.GenericNotSupported => StatusCodes.Status501NotImplemented,
            _ => StatusCodes.Status400BadRequest,
        };
}
