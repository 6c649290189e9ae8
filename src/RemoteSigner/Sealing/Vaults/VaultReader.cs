using System.Buffers.Binary;
using System.Text;

namespace RemoteSigner.Sealing;

/// <summary>Walks over the bytes of a vault; each step either fits or is a fault.</summary>
internal ref struct VaultReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    internal int Position { get; private set; }

    internal readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    internal ReadOnlySpan<byte> Take(int length)
    {
        if (length > Rest.Length)
        {
            throw new VaultException(VaultFault.Truncated, "the vault ends too early", "the file was cut off: restore it from a backup");
        }

        var taken = Rest[..length];
        Position += length;
        return taken;
    }

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    internal string Text(int most)
    {
        var bytes = Take((int)Count(Byte(), 0, (uint)most, "bytes of a label"));
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("a label is not UTF-8");
        }
    }

    internal static uint Count(uint count, uint least, uint most, string what) =>
        count >= least && count <= most ? count : throw Malformed($"it claims {count} {what}, where {least} to {most} are lawful");

    internal readonly void ExpectEnd()
    {
        if (Rest.Length > 0)
        {
            throw Malformed($"{Rest.Length} bytes follow its end");
        }
    }

    internal static VaultException Malformed(string why) =>
        new(VaultFault.Malformed, $"the vault is damaged: {why}", "restore it from a backup");
}
