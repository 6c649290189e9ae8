using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

/// <summary>A compressed BLS12-381 G2 point, 96 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BlsSignature
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 96;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;
    private readonly ulong _4;
    private readonly ulong _5;
    private readonly ulong _6;
    private readonly ulong _7;
    private readonly ulong _8;
    private readonly ulong _9;
    private readonly ulong _10;
    private readonly ulong _11;

    /// <summary>Copies 96 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public BlsSignature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"BlsSignature takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<BlsSignature>(bytes);
    }

    /// <summary>The 96 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<BlsSignature>(in this));

    /// <summary>Reads 96 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BlsSignature value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new BlsSignature(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static BlsSignature Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"BlsSignature is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
