using System.Buffers;
using System.IO.Pipelines;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Reads requests that may be longer than others: up to <paramref name="most"/> bytes, so many such bodies at a time, each within four
/// seconds, so that they take no more memory than is meant for them and nobody keeps a place from others.
/// </summary>
/// <param name="most">The longest body, in bytes.</param>
/// <param name="atOnce">How many long ones are read at a time.</param>
/// <param name="time">Times a slow one.</param>
/// <param name="hint">For the refusal of one that is longer still.</param>
internal sealed class LargeBodies(int most, int atOnce, TimeProvider time, string hint = "") : IDisposable
{
    // A slot has 12 seconds, and what is due is due after a quarter of it.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim _places = new(atOnce);

    /// <summary>The body as it is understood, or what is wrong with it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="others">Bytes of the longest that is not long.</param>
    /// <param name="usual">Understands one that is not long.</param>
    /// <param name="large">Understands one that is.</param>
    /// <param name="admit">What speaks against reading on, once there is more than is usual; given the request, what was read, and
    /// <paramref name="others"/>.</param>
    public async ValueTask<(T? Value, MalformedRequest? Fault)> ReadAsync<T>(
        HttpContext context,
        int others,
        ReadBody<T> usual,
        ReadBody<T> large,
        Func<HttpContext, ReadOnlySequence<byte>, int, MalformedRequest?> admit
    )
        where T : class
    {
        if (context.Request.ContentLength > most)
        {
            return (null, TooLarge);
        }

        var pipe = context.Request.BodyReader;
        while (true)
        {
            var result = await BodyPipe.ReadAsync(context, context.RequestAborted);

            // First: the read that brings the end may bring more than fits.
            if (result.Buffer.Length > others)
            {
                var fault = admit(context, result.Buffer, others);
                pipe.AdvanceTo(fault is null ? result.Buffer.Start : result.Buffer.End);
                return fault is null ? await ReadLargeAsync(context, large) : (null, fault);
            }

            if (result.IsCompleted)
            {
                return RequestBody.Finish(context, result, usual);
            }

            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public void Dispose() => _places.Dispose();

    private MalformedRequest TooLarge => MalformedRequest.TooLarge(most, hint);

    private async ValueTask<(T? Value, MalformedRequest? Fault)> ReadLargeAsync<T>(HttpContext context, ReadBody<T> read)
        where T : class
    {
        if (!await _places.WaitAsync(_timeout, context.RequestAborted))
        {
            return (null, new MalformedRequest(MalformedRequest.Busy, "other large bodies are being read: ask again"));
        }

        try
        {
            // Not from a pool, which would keep it: such a body comes once a slot.
            var body = GC.AllocateUninitializedArray<byte>((int)(context.Request.ContentLength ?? most));
            using var timeout = new CancellationTokenSource(_timeout, time);

            // A read that is given up by a token stays under way, and the server stumbles over it when it looks for the next request.
            await using var over = timeout.Token.UnsafeRegister(
                static pipe => ((PipeReader)pipe!).CancelPendingRead(),
                context.Request.BodyReader
            );
            if (await FillAsync(context, body) is not { } length)
            {
                return (null, TooLarge);
            }

            ClientNaming.RequireSame(context);
            return read(body.AsMemory(0, length), out var value, out var fault) ? (value, null) : (null, fault);
        }
        catch (TimeoutException)
        {
            // Others wait for the place.
            return (
                null,
                new MalformedRequest(MalformedRequest.TooSlow, $"the body did not come within {_timeout.TotalSeconds:F0} seconds")
            );
        }
        finally
        {
            _ = _places.Release();
        }
    }

    // Null once there is more than fits. A read that was called off is a TimeoutException.
    private async ValueTask<int?> FillAsync(HttpContext context, byte[] body)
    {
        for (var length = 0; ; )
        {
            var result = await BodyPipe.ReadAsync(context, context.RequestAborted);
            if (result.IsCanceled)
            {
                context.Request.BodyReader.AdvanceTo(result.Buffer.End);
                throw new TimeoutException();
            }

            var fits = result.Buffer.Length <= most - length;
            if (fits)
            {
                result.Buffer.CopyTo(body.AsSpan(length));
                length += (int)result.Buffer.Length;
            }

            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
            if (!fits || result.IsCompleted)
            {
                return fits ? length : null;
            }
        }
    }
}
