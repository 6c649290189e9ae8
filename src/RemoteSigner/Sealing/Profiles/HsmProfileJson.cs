using System.Text.Json;
using System.Text.Json.Serialization;
using RemoteSigner.Spec;

namespace RemoteSigner.Sealing;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    ReadCommentHandling = JsonCommentHandling.Disallow,
    Converters = [typeof(MechanismName), typeof(IvSourceName), typeof(IvPlacementName), typeof(PlaceName), typeof(PublicHalfName)]
)]
[JsonSerializable(typeof(HsmProfile))]
internal sealed partial class HsmProfileJson : JsonSerializerContext;

/// <summary>A mechanism by its name in profiles; the other slot types are no token's.</summary>
internal sealed class MechanismName()
    : WordConverter<VaultSlotType>(
        (VaultSlotType.Pkcs11RsaOaepSha256, "pkcs11RsaOaepSha256"),
        (VaultSlotType.Pkcs11RsaOaepSha1, "pkcs11RsaOaepSha1"),
        (VaultSlotType.Pkcs11AesGcm, "pkcs11AesGcm")
    );

internal sealed class IvSourceName() : WordConverter<HsmIvSource>((HsmIvSource.Caller, "caller"), (HsmIvSource.Token, "token"));

internal sealed class IvPlacementName()
    : WordConverter<HsmIvPlacement>(
        (HsmIvPlacement.Parameter, "parameter"),
        (HsmIvPlacement.Suffix, "suffix"),
        (HsmIvPlacement.Prefix, "prefix")
    );

internal sealed class PlaceName() : WordConverter<HsmPlace>((HsmPlace.None, "none"), (HsmPlace.Host, "host"), (HsmPlace.Device, "device"));

internal sealed class PublicHalfName() : WordConverter<HsmPublicHalf>((HsmPublicHalf.Private, "private"), (HsmPublicHalf.Public, "public"));

/// <summary>A slot type by its name, as reports have it.</summary>
public sealed class SlotTypeInReport()
    : WordConverter<VaultSlotType>([.. Enum.GetValues<VaultSlotType>().Select(type => (type, type.Name()))]);
