using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>One message for many keys, whole ones or shares; no key twice. Null: a digest was to be signed.</summary>
internal sealed record SignBatch(ImmutableArray<BlsPublicKey> Keys, SignRequest? Request);

/// <summary><paramref name="Code"/> is the status that the single request would have been answered with.</summary>
internal sealed record SignBatchError(int Code, string Message)
{
    /// <summary>A digest was to be signed.</summary>
    public static SignBatchError Generic { get; } = new(StatusCodes.Status501NotImplemented, MalformedRequest.GenericNotSupported);

    /// <summary>Why nothing was signed: our reason code, and what there is to say.</summary>
    public static SignBatchError Of(SignOutcome outcome)
    {
        var refusal = SignRefusal.Of(outcome);
        return new SignBatchError(refusal.Status, refusal.Detail is { } detail ? $"{refusal.Reason}: {detail}" : refusal.Reason);
    }
}

/// <summary>Serialisation of the errors, ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SignBatchError))]
internal sealed partial class SignBatchContext : JsonSerializerContext;
