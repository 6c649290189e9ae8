using System.Buffers;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>The Keymanager API's JSON.</summary>
internal static class KeymanagerResponse
{
    /// <summary>A key that is open, by its hex. Nothing is read-only: whoever may see it here may take it out.</summary>
    public static void WriteKeystore(Utf8JsonWriter json, ReadOnlySpan<byte> key)
    {
        json.WriteStartObject();
        json.WriteString("validating_pubkey"u8, key);
        json.WriteString("derivation_path"u8, ""u8);
        json.WriteBoolean("readonly"u8, false);
        json.WriteEndObject();
    }

    /// <summary>One status for each item of the request, in its order; after a deletion with the history, as text.</summary>
    public static byte[] Items(IReadOnlyList<KeymanagerItem> items, byte[]? history = null) =>
        Write(json =>
        {
            if (items.FirstOrDefault(item => item.Status == KeymanagerItem.Error && item != KeymanagerItem.NotKept) is { } first)
            {
                json.WriteString("message"u8, $"nothing was imported: {first.Message}");
            }

            json.WriteStartArray("data"u8);
            foreach (var item in items)
            {
                json.WriteStartObject();
                json.WriteString("status"u8, item.Status);
                json.WriteString("message"u8, item.Message ?? "");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (history is not null)
            {
                json.WriteString("slashing_protection"u8, history);
            }
        });

    /// <summary>An interchange file that says nothing.</summary>
    public static byte[] NoHistory() =>
        Write(json =>
        {
            json.WriteStartObject("metadata"u8);
            json.WriteString("interchange_format_version"u8, "5"u8);
            json.WriteString("genesis_validators_root"u8, default(Root).ToString());
            json.WriteEndObject();
            json.WriteStartArray("data"u8);
            json.WriteEndArray();
        });

    /// <summary>The <c>pubkeys</c> of a deletion.</summary>
    /// <param name="mayLack">Whether none are a deletion of nothing, as ssv-signer has it.</param>
    /// <exception cref="JsonException">There are none, or one is no public key.</exception>
    public static IReadOnlyList<BlsPublicKey> ReadKeys(ReadOnlyMemory<byte> utf8, bool mayLack = false) =>
        StrictJson.Read<IReadOnlyList<BlsPublicKey>>(utf8, maxDepth: 16, body => mayLack
            && body.ValueKind == JsonValueKind.Object
            && (!body.TryGetProperty("pubkeys"u8, out var keys) || keys.ValueKind == JsonValueKind.Null)
                ? []
            : body.ValueKind == JsonValueKind.Object && body.TryGetProperty("pubkeys"u8, out keys) && keys.ValueKind == JsonValueKind.Array
                ?
                [
                    .. keys.EnumerateArray()
                        .Select(
                            (key, i) =>
                                key.ValueKind == JsonValueKind.String && BlsPublicKey.TryParse(key.GetString(), out var parsed)
                                    ? parsed
                                    : throw new JsonException($"pubkeys[{i}] is not a public key")
                        ),
                ]
            : throw new JsonException("pubkeys is missing"));

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
