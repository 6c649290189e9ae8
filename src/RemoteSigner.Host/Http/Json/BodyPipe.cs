using System.IO.Pipelines;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The one place where a request's body is read from the wire, so that what goes wrong there is told from what goes wrong with us.
/// </summary>
internal static class BodyPipe
{
    // The server's only way to tell an end that came too early from other bad requests; a test asks for it.
    private const string EndedEarly = "Unexpected end of request content.";

    /// <summary>The next of the body.</summary>
    /// <exception cref="BadHttpRequestException">It is not framed as HTTP has it, is too long, or came too slowly.</exception>
    /// <exception cref="ClientGoneException">Whoever sent it has gone.</exception>
    public static async ValueTask<ReadResult> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        try
        {
            return await context.Request.BodyReader.ReadAsync(cancellation);
        }
        catch (IOException exception) when (BadFrame(exception) is { } bad)
        {
            throw bad;
        }
        catch (IOException exception) when (exception is not BadHttpRequestException || exception.Message == EndedEarly)
        {
            throw new ClientGoneException(exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ClientGoneException(exception);
        }
    }

    /// <summary>A chunk whose size does not fit a number, for which the server has no word of its own; null for anything else.</summary>
    public static BadHttpRequestException? BadFrame(Exception exception) =>
        exception is IOException and not BadHttpRequestException && exception.InnerException is OverflowException
            ? new BadHttpRequestException("bad chunk size", StatusCodes.Status400BadRequest, exception)
            : null;

    /// <summary>The whole of a body that holds no secret and has at most <paramref name="most"/> bytes.</summary>
    /// <exception cref="BadHttpRequestException">It has more.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadWholeAsync(HttpContext context, int most)
    {
        using var body = new MemoryStream();
        for (var length = context.Request.ContentLength ?? 0; ; length = body.Length)
        {
            if (length > most)
            {
                throw new BadHttpRequestException($"such a body has at most {most} bytes", StatusCodes.Status413PayloadTooLarge);
            }

            var result = await ReadAsync(context, context.RequestAborted);
            foreach (var segment in result.Buffer)
            {
                body.Write(segment.Span);
            }

            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted && body.Length <= most)
            {
                ClientNaming.RequireSame(context);
                return body.ToArray();
            }
        }
    }
}

/// <summary>A client went away while its request was read: nobody is at fault, and nobody waits for an answer.</summary>
internal sealed class ClientGoneException(Exception inner) : Exception("the client went away", inner);
