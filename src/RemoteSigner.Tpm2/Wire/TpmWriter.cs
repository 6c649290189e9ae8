using System.Buffers.Binary;

namespace RemoteSigner.Tpm2;

/// <summary>Writes TPM structures, all big-endian, into memory the caller owns (and zeroes, where a secret is written).</summary>
internal ref struct TpmWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void UInt8(byte value) => Next(1)[0] = value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Next(2), (ushort)value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Next(8), value);

    public void Algorithm(TpmAlg algorithm) => UInt16((int)algorithm);

    public void Bytes(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Next(bytes.Length));

    /// <summary>A TPM2B: its size in two bytes, then the bytes.</summary>
    public void Sized(scoped ReadOnlySpan<byte> bytes)
    {
        UInt16(bytes.Length);
        Bytes(bytes);
    }

    /// <summary>Leaves room for a 16-bit size that <see cref="EndSized"/> fills in.</summary>
    public int BeginSized()
    {
        UInt16(0);
        return Length;
    }

    public readonly void EndSized(int start) => BinaryPrimitives.WriteUInt16BigEndian(_buffer[(start - 2)..], (ushort)(Length - start));

    /// <summary>Leaves room for a 32-bit size that <see cref="EndSized32"/> fills in.</summary>
    public int BeginSized32()
    {
        UInt32(0);
        return Length;
    }

    public readonly void EndSized32(int start) => BinaryPrimitives.WriteUInt32BigEndian(_buffer[(start - 4)..], (uint)(Length - start));

    private Span<byte> Next(int count)
    {
        var span = _buffer.Slice(Length, count);
        Length += count;
        return span;
    }
}
