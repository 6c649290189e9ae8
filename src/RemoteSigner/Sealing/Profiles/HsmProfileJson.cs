using System.Text.Json;
using System.Text.Json.Serialization;

namespace RemoteSigner.Sealing;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    Converters = [typeof(SlotTypeName), typeof(IvSourceName), typeof(IvPlacementName), typeof(PlaceName), typeof(PublicHalfName)]
)]
[JsonSerializable(typeof(HsmProfile))]
internal sealed partial class HsmProfileJson : JsonSerializerContext;

/// <summary>Enumerations by their names only: a number in a profile would hide what it means.</summary>
internal sealed class SlotTypeName() : JsonStringEnumConverter<VaultSlotType>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

internal sealed class IvSourceName() : JsonStringEnumConverter<HsmIvSource>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

internal sealed class IvPlacementName() : JsonStringEnumConverter<HsmIvPlacement>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

internal sealed class PlaceName() : JsonStringEnumConverter<HsmPlace>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

internal sealed class PublicHalfName() : JsonStringEnumConverter<HsmPublicHalf>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
