using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Reads sign requests. An envelope has the transactions of a whole block and may be longer than all others: for a client that has this
/// duty, once the body says that it is one, and two at a time.
/// </summary>
internal sealed class LargeEnvelopes : IDisposable
{
    private readonly AccessPolicy _access;
    private readonly LargeBodies _bodies;

    // Made once, as the readers below are: every sign request passes here.
    private readonly Func<HttpContext, ReadOnlySequence<byte>, int, MalformedRequest?> _admit;

    public LargeEnvelopes(AccessPolicy access, TimeProvider time) =>
        (_access, _bodies, _admit) = (access, new LargeBodies(WireFormat.MaxEnvelopeLength, atOnce: 2, time), Admit);

    /// <summary>The request, or what is wrong with it.</summary>
    public ValueTask<(SignRequest? Request, MalformedRequest? Fault)> ReadAsync(HttpContext context)
    {
        var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        var others = (int)Math.Min(WireFormat.MaxBodyLength, limit.MaxRequestBodySize ?? WireFormat.MaxBodyLength);

        // For an envelope signer.json has no say: the protocol makes it as long as it is.
        limit.MaxRequestBodySize = Math.Max(limit.MaxRequestBodySize ?? 0, WireFormat.MaxEnvelopeLength);
        return _bodies.ReadAsync<SignRequest>(context, others, WireFormat.TryReadSignRequest, WireFormat.TryReadEnvelope, _admit);
    }

    public void Dispose() => _bodies.Dispose();

    private MalformedRequest? Admit(HttpContext context, ReadOnlySequence<byte> begun, int others) =>
        IsEnvelope(begun) && _access.Allows(context.Features.GetRequiredFeature<Client>(), DutyType.ExecutionPayloadEnvelope)
            ? null
            : MalformedRequest.TooLarge(others);

    private static bool IsEnvelope(ReadOnlySequence<byte> begun) =>
        WireFormat.IsEnvelope(begun.Slice(0, Math.Min(begun.Length, WireFormat.MaxBodyLength)).ToArray());
}
