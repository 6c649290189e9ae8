using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>One message for many keys, whole ones or shares; no key twice. Null: a digest was to be signed.</summary>
internal sealed record SignBatch(ImmutableArray<BlsPublicKey> Keys, SignRequest? Request);

/// <summary>What became of one key of a batch: a signature or an error.</summary>
internal sealed record SignBatchResult(string Identifier, string? Signature, SignBatchError? Error);

/// <summary><paramref name="Code"/> is the status that the single request would have been answered with.</summary>
internal sealed record SignBatchError(int Code, string Message);

/// <summary>Serialisation of the answers, ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<SignBatchResult>))]
internal sealed partial class SignBatchContext : JsonSerializerContext;
