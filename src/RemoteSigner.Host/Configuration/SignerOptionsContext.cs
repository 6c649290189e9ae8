using System.Text.Json;
using System.Text.Json.Serialization;

namespace RemoteSigner.Host.Configuration;

/// <summary>
/// Reads <c>signer.json</c>: comments and trailing commas are welcome, a member that is not known or stands twice is an error.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(SignerOptions))]
internal sealed partial class SignerOptionsContext : JsonSerializerContext;
