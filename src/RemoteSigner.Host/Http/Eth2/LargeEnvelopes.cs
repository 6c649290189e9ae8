using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Reads sign requests. An envelope has the transactions of a whole block and may be longer than all others: for a client that has this duty, once the body says that it is one, and two at a time.
/// </summary>
internal sealed class LargeEnvelopes(AccessPolicy access) : IDisposable
{
    private const int AtOnce = 2;

    // A slot has 12 seconds, and an envelope is due after a quarter of it.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>The request, or what is wrong with it.</summary>
    public async ValueTask<(SignRequest? Request, MalformedRequest? Fault)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
        {
            most.MaxRequestBodySize = Math.Max(most.MaxRequestBodySize ?? 0, WireFormat.MaxEnvelopeLength);
        }

        if (context.Request.ContentLength > WireFormat.MaxEnvelopeLength)
        {
            return (null, TooLarge(WireFormat.MaxEnvelopeLength));
        }

        var pipe = context.Request.BodyReader;
        while (true)
        {
            var result = await BodyPipe.ReadAsync(context, context.RequestAborted);

            // First: the read that brings the end may bring more than fits.
            if (result.Buffer.Length > WireFormat.MaxBodyLength)
            {
                var isOne = IsEnvelope(result.Buffer) && access.Allows(context.Features.GetRequiredFeature<Client>(), DutyType.ExecutionPayloadEnvelope);
                pipe.AdvanceTo(isOne ? result.Buffer.Start : result.Buffer.End);
                return isOne ? await ReadLargeAsync(context) : (null, TooLarge(WireFormat.MaxBodyLength));
            }

            if (result.IsCompleted)
            {
                return RequestBody.Finish<SignRequest>(context, result, WireFormat.TryReadSignRequest);
            }

            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public void Dispose() => _places.Dispose();

    private static bool IsEnvelope(ReadOnlySequence<byte> begun) => WireFormat.IsEnvelope(begun.Slice(0, Math.Min(begun.Length, WireFormat.MaxBodyLength)).ToArray());

    private async ValueTask<(SignRequest? Request, MalformedRequest? Fault)> ReadLargeAsync(HttpContext context)
    {
        if (!await _places.WaitAsync(_patience, context.RequestAborted))
        {
            return (null, new MalformedRequest(MalformedRequest.Busy, "other envelopes are being read: ask again"));
        }

        try
        {
            // Not from a pool, which would keep it: there is one envelope for each block that is built here.
            var body = GC.AllocateUninitializedArray<byte>((int)(context.Request.ContentLength ?? WireFormat.MaxEnvelopeLength));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            patience.CancelAfter(_patience);
            if (await FillAsync(context, body, patience.Token) is not { } length)
            {
                return (null, TooLarge(WireFormat.MaxEnvelopeLength));
            }

            ClientNaming.RequireSame(context);
            return WireFormat.TryReadEnvelope(body.AsMemory(0, length), out var request, out var fault) ? (request, null) : (null, fault);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Others wait for the place.
            return (null, new MalformedRequest(MalformedRequest.TooSlow, $"the body did not come within {_patience.TotalSeconds:F0} seconds"));
        }
        finally
        {
            _ = _places.Release();
        }
    }

    // Null once there is more than fits.
    private static async ValueTask<int?> FillAsync(HttpContext context, byte[] body, CancellationToken aborted)
    {
        for (var length = 0; ;)
        {
            var result = await BodyPipe.ReadAsync(context, aborted);
            var fits = result.Buffer.Length <= WireFormat.MaxEnvelopeLength - length;
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

    private static MalformedRequest TooLarge(int most) => new(MalformedRequest.BodyTooLarge, $"such a request has at most {most} bytes");
}
