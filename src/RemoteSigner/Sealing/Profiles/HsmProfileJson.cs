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

/// <summary>
/// Enumerations by the names that stand at their members, and by these only: a number in a profile would hide what it means.
/// </summary>
internal sealed class IvSourceName() : JsonStringEnumConverter<HsmIvSource>(namingPolicy: null, allowIntegerValues: false);

internal sealed class IvPlacementName() : JsonStringEnumConverter<HsmIvPlacement>(namingPolicy: null, allowIntegerValues: false);

internal sealed class PlaceName() : JsonStringEnumConverter<HsmPlace>(namingPolicy: null, allowIntegerValues: false);

internal sealed class PublicHalfName() : JsonStringEnumConverter<HsmPublicHalf>(namingPolicy: null, allowIntegerValues: false);

/// <summary>A slot type by its name in camel case, as profiles have it.</summary>
internal sealed class SlotTypeName : SlotTypeConverter
{
    private protected override string NameOf(VaultSlotType type) => JsonNamingPolicy.CamelCase.ConvertName(type.Name());
}

/// <summary>A slot type by its name, as reports have it.</summary>
public sealed class SlotTypeInReport : SlotTypeConverter
{
    private protected override string NameOf(VaultSlotType type) => type.Name();
}

/// <summary>A slot type by a name of its own, never by its number or its member's name.</summary>
public abstract class SlotTypeConverter : JsonConverter<VaultSlotType>
{
    public override VaultSlotType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (var type in Enum.GetValues<VaultSlotType>())
        {
            if (NameOf(type) == name)
            {
                return type;
            }
        }

        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, VaultSlotType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(NameOf(value));

    private protected abstract string NameOf(VaultSlotType type);
}
