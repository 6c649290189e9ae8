using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RemoteSigner.Spec;

namespace RemoteSigner.RemoteAttestation;

/// <summary>
/// Reads and writes the JSON documents of this room. Strict: a member that is missing, unknown or stands twice, or hex in another spelling
/// than ours, is an error, so that no two documents mean the same.
/// </summary>
public static class RemoteAttestationDocuments
{
    public static byte[] Write(Evidence evidence) => JsonSerializer.SerializeToUtf8Bytes(evidence, AttestationContext.Default.Evidence);

    public static byte[] Write(GoldenValues values) => JsonSerializer.SerializeToUtf8Bytes(values, AttestationContext.Default.GoldenValues);

    public static byte[] Write(CredentialChallenge challenge) =>
        JsonSerializer.SerializeToUtf8Bytes(challenge, AttestationContext.Default.CredentialChallenge);

    public static byte[] Write(CredentialAnswer answer) =>
        JsonSerializer.SerializeToUtf8Bytes(answer, AttestationContext.Default.CredentialAnswer);

    public static byte[] Write(PendingBinding pending) =>
        JsonSerializer.SerializeToUtf8Bytes(pending, AttestationContext.Default.PendingBinding);

    public static byte[] Write(TrustedKeys keys) => JsonSerializer.SerializeToUtf8Bytes(keys, AttestationContext.Default.TrustedKeys);

    /// <exception cref="RemoteAttestationException">Not such a document.</exception>
    public static Evidence ReadEvidence(ReadOnlySpan<byte> document)
    {
        var evidence = Read(document, AttestationContext.Default.Evidence, Evidence.DocumentType, Evidence.DocumentVersion, read =>
            (read.Type, read.Version)
        );
        return !evidence.Pcrs.All(pcr => pcr is { Key: >= 0 and < 24, Value.Length: 32 })
                ? throw Unreadable(Evidence.DocumentType, "a PCR is not one of 0 to 23 with 32 bytes")
            : evidence.Signer.PublicKeys.Any(key => key.Length != BlsPublicKey.Length)
                ? throw Unreadable(Evidence.DocumentType, "a public key does not have 48 bytes")
            : evidence;
    }

    /// <exception cref="RemoteAttestationException">Not such a document.</exception>
    public static GoldenValues ReadGoldenValues(ReadOnlySpan<byte> document)
    {
        var values = Read(
            document,
            AttestationContext.Default.GoldenValues,
            GoldenValues.DocumentType,
            GoldenValues.DocumentVersion,
            read => (read.Type, read.Version)
        );
        return values.Pcrs.All(pcr => pcr.Key is >= 0 and < 24 && pcr.Value.All(value => value.Length == 32))
            ? values
            : throw Unreadable(GoldenValues.DocumentType, "a PCR is not one of 0 to 23 with values of 32 bytes");
    }

    /// <exception cref="RemoteAttestationException">Not such a document.</exception>
    public static CredentialChallenge ReadChallenge(ReadOnlySpan<byte> document) =>
        Read(
            document,
            AttestationContext.Default.CredentialChallenge,
            CredentialChallenge.DocumentType,
            CredentialChallenge.DocumentVersion,
            read => (read.Type, read.Version)
        );

    /// <exception cref="RemoteAttestationException">Not such a document.</exception>
    public static CredentialAnswer ReadAnswer(ReadOnlySpan<byte> document) =>
        Read(document, AttestationContext.Default.CredentialAnswer, CredentialAnswer.DocumentType, CredentialAnswer.DocumentVersion, read =>
            (read.Type, read.Version)
        );

    /// <exception cref="RemoteAttestationException">Not such a document.</exception>
    public static PendingBinding ReadPending(ReadOnlySpan<byte> document) =>
        Read(document, AttestationContext.Default.PendingBinding, PendingBinding.DocumentType, PendingBinding.DocumentVersion, read =>
            (read.Type, read.Version)
        );

    /// <exception cref="RemoteAttestationException">Not such a document.</exception>
    public static TrustedKeys ReadTrustedKeys(ReadOnlySpan<byte> document) =>
        Read(document, AttestationContext.Default.TrustedKeys, TrustedKeys.DocumentType, TrustedKeys.DocumentVersion, read =>
            (read.Type, read.Version)
        );

    private static T Read<T>(
        ReadOnlySpan<byte> document,
        JsonTypeInfo<T> json,
        string type,
        int version,
        Func<T, (string Type, int Version)> header
    )
        where T : class
    {
        var read = SettingFaults.ReadDocument(document, json, why => Unreadable(type, why));
        var (given, number) = header(read);
        return given == type && number == version
            ? read
            : throw Unreadable(type, $"it says it is {SettingFaults.Shown(given)}, version {number}");
    }

    private static RemoteAttestationException Unreadable(string type, string why) =>
        new($"the document cannot be read as a {type}: {why}", "take the file as it was written, whole and unchanged");
}

/// <summary>Serialisation ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(HexConverter)]
)]
[JsonSerializable(typeof(Evidence))]
[JsonSerializable(typeof(GoldenValues))]
[JsonSerializable(typeof(CredentialChallenge))]
[JsonSerializable(typeof(CredentialAnswer))]
[JsonSerializable(typeof(PendingBinding))]
[JsonSerializable(typeof(TrustedKeys))]
internal sealed partial class AttestationContext : JsonSerializerContext;

/// <summary>Bytes as <c>0x</c> and lower-case hex, and in no other spelling.</summary>
internal sealed class HexConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return Hex.TryParse(text, out byte[]? bytes) && Hex.Format(bytes) == text
            ? bytes
            : throw new SpellingException("must be 0x and an even number of lower-case hex digits");
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Hex.Format(value));
}
