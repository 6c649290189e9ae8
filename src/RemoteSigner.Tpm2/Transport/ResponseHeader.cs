using System.Buffers.Binary;

namespace RemoteSigner.Tpm2;

/// <summary>The first ten bytes of every response (Part 3 §4.4): tag, size, code.</summary>
internal static class ResponseHeader
{
    public const int Size = 10;

    /// <summary>How long the whole response is.</summary>
    /// <exception cref="TpmIntegrityException">A size no response has.</exception>
    public static int TotalSize(ReadOnlySpan<byte> header, int capacity)
    {
        var size = BinaryPrimitives.ReadUInt32BigEndian(header[2..]);
        return size >= Size && size <= capacity
            ? (int)size
            : throw new TpmIntegrityException(TpmIntegrityFault.Malformed, $"a response claims to have {size} bytes");
    }
}
