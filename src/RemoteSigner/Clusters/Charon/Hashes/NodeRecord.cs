using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters.Charon;

/// <summary>
/// An Ethereum node record (EIP-778, identity scheme v4), whose signature over itself is verified: what a Charon node is known by.
/// Addresses and ports in it are not read.
/// </summary>
public sealed class NodeRecord
{
    private const string Prefix = "enr:";

    private NodeRecord(ImmutableArray<byte> publicKey) => PublicKey = publicKey;

    /// <summary>The node's secp256k1 key, compressed, 33 bytes.</summary>
    public ImmutableArray<byte> PublicKey { get; }

    /// <summary>
    /// Reads <c>enr:</c> and base64url; the old padding with = is borne. <paramref name="problem"/> says why it is no record.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NodeRecord? record, [NotNullWhen(false)] out string? problem)
    {
        record = null;
        problem = null;
        try
        {
            record = Parse(text);
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }

        return record is not null;
    }

    /// <summary>A node's public key by itself: 33 bytes in hex, with 0x or without; null for anything else.</summary>
    public static ImmutableArray<byte>? ReadKey(string text)
    {
        var key = new byte[Secp256k1.PublicKeyLength];
        return Hex.TryParse(text, key.AsSpan()) && Secp256k1.IsPublicKey(key) ? [.. key] : null;
    }

    private static NodeRecord Parse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new FormatException("it does not begin with enr:");
        }

        var encoded = text.AsSpan(Prefix.Length).TrimEnd('=');
        var items = Base64Url.IsValid(encoded)
            ? Rlp.ReadList(Base64Url.DecodeFromChars(encoded))
            : throw new FormatException("it is not base64url");
        if (items.Count < 4 || items.Count % 2 != 0)
        {
            throw new FormatException("it has no pairs of key and value");
        }

        var pairs = ReadPairs(items);
        if (!pairs.TryGetValue("id", out var scheme) || !scheme.AsSpan().SequenceEqual("v4"u8))
        {
            throw new FormatException("its identity scheme is not v4");
        }

        if (!pairs.TryGetValue("secp256k1", out var key) || !Secp256k1.IsPublicKey(key))
        {
            throw new FormatException("it has no secp256k1 public key");
        }

        return Secp256k1.Verify(key, Keccak256.Hash(Rlp.WriteList(items.Skip(1))), items[0])
            ? new NodeRecord([.. key])
            : throw new FormatException("its signature is not by its own key");
    }

    private static Dictionary<string, byte[]> ReadPairs(IReadOnlyList<byte[]> items)
    {
        var pairs = new Dictionary<string, byte[]>();
        for (var i = 2; i < items.Count; i += 2)
        {
            var name = Encoding.Latin1.GetString(items[i]);
            if (!pairs.TryAdd(name, items[i + 1]))
            {
                throw new FormatException("a key stands in it twice");
            }
        }

        return pairs;
    }
}
