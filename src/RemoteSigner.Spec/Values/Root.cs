using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

/// <summary>A 32-byte hash tree root (consensus-specs <c>Root</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Root
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;

    /// <summary>Copies 32 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public Root(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Root takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<Root>(bytes);
    }

    /// <summary>The 32 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<Root>(in this));

    /// <summary>Reads 32 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Root value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new Root(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static Root Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"Root is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
