using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

/// <summary>A 4-byte fork version (consensus-specs <c>Version</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ForkVersion
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 4;

    private readonly uint _0;

    /// <summary>Copies 4 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public ForkVersion(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"ForkVersion takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<ForkVersion>(bytes);
    }

    /// <summary>The 4 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<ForkVersion>(in this));

    /// <summary>Reads 4 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ForkVersion value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new ForkVersion(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static ForkVersion Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"ForkVersion is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
