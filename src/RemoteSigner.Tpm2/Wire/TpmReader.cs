using System.Buffers.Binary;

namespace RemoteSigner.Tpm2;

/// <summary>Reads big-endian TPM structures; what is shorter or longer than its fields is refused.</summary>
/// <exception cref="TpmIntegrityException">Thrown by every read past the end.</exception>
internal ref struct TpmReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte UInt8() => Next(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Next(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Next(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Next(8));

    public TpmAlg Algorithm() => (TpmAlg)UInt16();

    public ReadOnlySpan<byte> Bytes(int count) => Next(count);

    /// <summary>A TPM2B: its size in two bytes, then the bytes.</summary>
    public ReadOnlySpan<byte> Sized() => Next(UInt16());

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw Malformed($"{_rest.Length} bytes follow its last field");
        }
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        if (count > _rest.Length)
        {
            throw Malformed($"a field of {count} bytes has only {_rest.Length} left");
        }

        var span = _rest[..count];
        _rest = _rest[count..];
        return span;
    }

    private static TpmIntegrityException Malformed(string what) =>
        new(TpmIntegrityFault.Malformed, $"a TPM structure is malformed: {what}");
}
