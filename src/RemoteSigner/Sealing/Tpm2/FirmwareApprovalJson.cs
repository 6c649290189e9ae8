using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RemoteSigner.Spec;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>Approvals and requests for them as readable JSON; bytes are lower-case hex.</summary>
public static class FirmwareApprovalJson
{
    private const int Version = 1;

    public static byte[] Write(TpmApproval approval) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ApprovalText(
                Version,
                approval.Label,
                Hex(approval.Vault),
                approval.Pcrs.ToString(),
                Hex(approval.PcrDigest),
                Handle(approval.Revocation),
                approval.AtMost,
                Hex(approval.Signature)
            ),
            ApprovalContext.Default.ApprovalText
        );

    public static byte[] Write(FirmwareApprovalRequest request) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new RequestText(Version, Hex(request.Vault), Handle(request.Revocation), request.Count, request.ReleaseKey),
            ApprovalContext.Default.RequestText
        );

    /// <exception cref="FormatException">The bytes are no approval.</exception>
    public static TpmApproval ReadApproval(ReadOnlySpan<byte> json) =>
        SettingFaults.ReadDocument(json, ApprovalContext.Default.ApprovalText, Unreadable) is { Version: Version } text
            ? new TpmApproval(
                text.Label,
                Bytes("vault", text.Vault, 32),
                Pcrs(text.Pcrs),
                Bytes("pcrDigest", text.PcrDigest, 32),
                Handle(text.RevocationIndex),
                text.RevocationAtMost,
                Bytes("signature", text.Signature, 64)
            )
            : throw Unreadable($"version must be {Version}");

    /// <exception cref="FormatException">The bytes are no request.</exception>
    public static FirmwareApprovalRequest ReadRequest(ReadOnlySpan<byte> json) =>
        SettingFaults.ReadDocument(json, ApprovalContext.Default.RequestText, Unreadable) is { Version: Version } text
            ? new FirmwareApprovalRequest(
                Bytes("vault", text.Vault, 32),
                Handle(text.RevocationIndex),
                text.RevocationCount,
                text.ReleaseKey
            )
            : throw Unreadable($"version must be {Version}");

    public static string Handle(uint handle) => string.Create(CultureInfo.InvariantCulture, $"0x{handle:X8}");

    private static FormatException Unreadable(string why) => new(why);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    // Without 0x. Values are not repeated: they can be long, and are somebody else's.
    private static byte[] Bytes(string member, string hex, int length)
    {
        var bytes = new byte[length];
        return hex.Length == 2 * length && Spec.Hex.TryParse(hex, bytes.AsSpan())
            ? bytes
            : throw Unreadable($"{member} must be {length} bytes in hex");
    }

    private static TpmlPcrSelection Pcrs(string text)
    {
        try
        {
            return PcrList.Parse(text);
        }
        catch (FormatException)
        {
            throw Unreadable("pcrs must be a list of PCRs, such as sha256:7,11");
        }
    }

    private static uint Handle(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
        && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var handle)
        && TpmHandles.IsOurs(handle)
            ? handle
            : throw Unreadable("revocationIndex must be an NV index of this program");
}

/// <summary>An approval's file.</summary>
internal sealed record ApprovalText(
    int Version,
    string Label,
    string Vault,
    string Pcrs,
    string PcrDigest,
    string RevocationIndex,
    ulong RevocationAtMost,
    string Signature
);

/// <summary>A request's file.</summary>
internal sealed record RequestText(int Version, string Vault, string RevocationIndex, ulong RevocationCount, string ReleaseKey);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(ApprovalText))]
[JsonSerializable(typeof(RequestText))]
internal sealed partial class ApprovalContext : JsonSerializerContext;
