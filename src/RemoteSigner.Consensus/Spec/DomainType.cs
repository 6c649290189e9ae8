using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Consensus.Spec;

/// <summary>A 4-byte domain type (consensus-specs <c>DomainType</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DomainType
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 4;

    private readonly uint _0;

    /// <summary>Copies 4 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public DomainType(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"DomainType takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<DomainType>(bytes);
    }

    /// <summary>The 4 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<DomainType>(in this));

    /// <summary>Reads 4 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DomainType value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new DomainType(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static DomainType Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"DomainType is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
