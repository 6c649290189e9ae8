using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

/// <summary>A 20-byte execution address (consensus-specs <c>ExecutionAddress</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ExecutionAddress
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 20;

    private readonly uint _0;
    private readonly uint _1;
    private readonly uint _2;
    private readonly uint _3;
    private readonly uint _4;

    /// <summary>Copies 20 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public ExecutionAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"ExecutionAddress takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<ExecutionAddress>(bytes);
    }

    /// <summary>The 20 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<ExecutionAddress>(in this));

    /// <summary>Reads 20 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExecutionAddress value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new ExecutionAddress(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static ExecutionAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"ExecutionAddress is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
