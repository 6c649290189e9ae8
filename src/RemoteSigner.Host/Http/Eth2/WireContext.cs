using System.Text.Json.Serialization;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Host.Http;

/// <summary>Serialisation of the answers, ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(HighWatermarkBody))]
internal sealed partial class WireContext : JsonSerializerContext;
