using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteSigner.Spec;

namespace RemoteSigner.Clusters;

/// <summary>
/// What is remembered of a document that was anchored, beside it in the archive: 114 bytes, as <c>Clusters/README.md</c> lays them out. It
/// is bound to every byte of the document and to the vault.
/// </summary>
/// <param name="Kind">Why the document is believed.</param>
/// <param name="At">Since when, to the second.</param>
/// <param name="ClusterHash">The document's name.</param>
/// <param name="Content">SHA-256 of its file: a hash of the cluster leaves signatures out.</param>
public sealed record DocumentAnchor(AnchorKind Kind, DateTimeOffset At, Root ClusterHash, Root Content)
{
    /// <summary>Length of the file in bytes.</summary>
    public const int Length = MacAt + HMACSHA256.HashSizeInBytes;

    private const byte Version = 1;
    private const int KindAt = 9;
    private const int AtAt = KindAt + 1;
    private const int HashAt = AtAt + sizeof(long);
    private const int ContentAt = HashAt + Root.Length;
    private const int MacAt = ContentAt + Root.Length;

    private static ReadOnlySpan<byte> Magic => "RSANCHR\n"u8;

    /// <summary>The file's bytes.</summary>
    public byte[] Write(AnchorKey key)
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        (bytes[KindAt - 1], bytes[KindAt]) = (Version, (byte)Kind);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(AtAt), At.ToUnixTimeSeconds());
        ClusterHash.Bytes.CopyTo(bytes.AsSpan(HashAt));
        Content.Bytes.CopyTo(bytes.AsSpan(ContentAt));
        key.Authenticate(bytes.AsSpan(0, MacAt)).CopyTo(bytes, MacAt);
        return bytes;
    }

    /// <summary>Null for anything that was not written with this key, whatever else it is.</summary>
    public static DocumentAnchor? Read(ReadOnlySpan<byte> bytes, AnchorKey key) =>
        ReadClaim(bytes) is { } claim && CryptographicOperations.FixedTimeEquals(key.Authenticate(bytes[..MacAt]), bytes[MacAt..])
            ? claim
            : null;

    /// <summary>What the file says, without a proof; null when it is none.</summary>
    public static DocumentAnchor? ReadClaim(ReadOnlySpan<byte> bytes)
    {
        const long Latest = 253_402_300_799; // 9999-12-31
        if (
            bytes.Length != Length
            || !bytes.StartsWith(Magic)
            || bytes[KindAt - 1] != Version
            || (AnchorKind)bytes[KindAt] is not (AnchorKind.NodeSignature or AnchorKind.StatedValidators or AnchorKind.OperatorsWord)
        )
        {
            return null;
        }

        var at = BinaryPrimitives.ReadInt64BigEndian(bytes[AtAt..]);
        return at is >= 0 and <= Latest
            ? new DocumentAnchor(
                (AnchorKind)bytes[KindAt],
                DateTimeOffset.FromUnixTimeSeconds(at),
                new Root(bytes[HashAt..ContentAt]),
                new Root(bytes[ContentAt..MacAt])
            )
            : null;
    }
}
