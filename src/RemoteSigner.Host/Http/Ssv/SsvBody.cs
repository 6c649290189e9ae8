using System.Text.Json;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>A share as an SSV node sends it: what is encrypted to our operator, and the public key it must belong to.</summary>
internal sealed record SsvBody(byte[] Encrypted, BlsPublicKey PublicKey)
{
    /// <summary>ssv-signer takes no more at a time.</summary>
    public const int MaxShares = 10;

    /// <summary>Bytes of the longest body that an SSV node may send.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>Reads <c>{"share_keys":[{"EncryptedPrivKey","PubKey"}]}</c>; the capitals are the wire's.</summary>
    /// <exception cref="JsonException">It is something else, or has more than ten.</exception>
    public static IReadOnlyList<SsvBody> Read(ReadOnlyMemory<byte> utf8) => StrictJson.Read(utf8, maxDepth: 4, ReadShares);

    private static IReadOnlyList<SsvBody> ReadShares(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("share_keys"u8, out var shares)
        && shares.ValueKind == JsonValueKind.Array
        && shares.GetArrayLength() <= MaxShares
            ? [.. shares.EnumerateArray().Select(ReadShare)]
            : throw new JsonException($"share_keys is missing or has more than {MaxShares} elements");

    // A ciphertext of another length is judged like any other bad one.
    private static SsvBody ReadShare(JsonElement share, int position) =>
        Hex.TryParse(Text(share, "EncryptedPrivKey", position), out byte[]? encrypted)
        && encrypted.Length <= 2 * ValidatorShares.EncryptedLength
        && BlsPublicKey.TryParse(Text(share, "PubKey", position), out var key)
            ? new SsvBody(encrypted, key)
            : throw new JsonException($"share_keys[{position}] is not an encrypted share and a public key in hex");

    private static string Text(JsonElement share, string name, int position) =>
        share.ValueKind == JsonValueKind.Object && share.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : throw new JsonException($"share_keys[{position}].{name} is missing");
}
