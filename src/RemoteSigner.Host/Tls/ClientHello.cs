using System.Buffers.Binary;

namespace RemoteSigner.Host.Tls;

/// <summary>
/// The first message of a handshake (RFC 8446 §4.1.2), as far as it says which protocols a peer offers. It decides nothing: whoever is
/// refused for it is to be told why.
/// </summary>
internal static class ClientHello
{
    /// <summary>Bytes of the header of a record.</summary>
    public const int HeaderLength = 5;

    private const byte HandshakeRecord = 22;
    private const byte Hello = 1;
    private const int RandomLength = 32;
    private const int SupportedVersions = 43;
    private const int Tls12 = 0x0303;
    private const int Tls13 = 0x0304;

    /// <summary>
    /// Does a record of TLS begin so (RFC 8446 §5.1)? One of another kind than a handshake comes too early, but from somebody who speaks
    /// it.
    /// </summary>
    public static bool IsRecord(ReadOnlySpan<byte> header) => header.Length >= 2 && header[0] is >= 20 and <= 24 && header[1] == 3;

    /// <summary>Bytes of the whole record that begins so; null where it is no handshake.</summary>
    public static int? LengthOf(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderLength && header[0] == HandshakeRecord
            ? HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(header[3..])
            : null;

    /// <summary>Which of TLS 1.2 and 1.3 it offers; null where it cannot be read.</summary>
    public static Offer? Offered(ReadOnlySpan<byte> record)
    {
        var hello = new Cursor(record);
        if (
            !hello.Skip(HeaderLength)
            || !hello.Take(4, out var head)
            || head[0] != Hello
            || !hello.Take(2, out var version)
            || !hello.Skip(RandomLength)
            || !hello.TakeList(1, out _)
            || !hello.TakeList(2, out _)
            || !hello.TakeList(1, out _)
        )
        {
            return null;
        }

        // What has no extensions, or not this one, offers its own version and older ones.
        var own = new Offer(BinaryPrimitives.ReadUInt16BigEndian(version) >= Tls12, false);
        if (!hello.TakeList(2, out var extensions))
        {
            return own;
        }

        var list = new Cursor(extensions);
        while (list.Take(2, out var type) && list.TakeList(2, out var content))
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(type) == SupportedVersions)
            {
                return ReadVersions(content);
            }
        }

        return own;
    }

    private static Offer? ReadVersions(ReadOnlySpan<byte> extension)
    {
        var content = new Cursor(extension);
        if (!content.TakeList(1, out var versions))
        {
            return null;
        }

        var offer = new Offer(false, false);
        for (; versions.Length >= 2; versions = versions[2..])
        {
            var version = BinaryPrimitives.ReadUInt16BigEndian(versions);
            offer = new Offer(offer.HasTls12 || version == Tls12, offer.HasTls13 || version == Tls13);
        }

        return offer;
    }

    /// <summary>The protocols that may be let in, as far as a peer offers them.</summary>
    internal readonly record struct Offer(bool HasTls12, bool HasTls13);

    private ref struct Cursor(ReadOnlySpan<byte> bytes)
    {
        public ReadOnlySpan<byte> Rest = bytes;

        public bool Skip(int count) => Take(count, out _);

        public bool Take(int count, out ReadOnlySpan<byte> taken)
        {
            if (Rest.Length < count)
            {
                taken = default;
                return false;
            }

            taken = Rest[..count];
            Rest = Rest[count..];
            return true;
        }

        // A list behind its length, which has one or two bytes.
        public bool TakeList(int lengthBytes, out ReadOnlySpan<byte> list)
        {
            list = default;
            return Take(lengthBytes, out var length)
                && Take(lengthBytes == 1 ? length[0] : BinaryPrimitives.ReadUInt16BigEndian(length), out list);
        }
    }
}
