using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

/// <summary>
/// A compressed BLS12-381 G1 point, 48 bytes. Only its length is known to be right: whether it is a point is asked of
/// <c>RemoteSigner.Native</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BlsPublicKey
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 48;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;
    private readonly ulong _4;
    private readonly ulong _5;

    /// <summary>Copies 48 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public BlsPublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"BlsPublicKey takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<BlsPublicKey>(bytes);
    }

    /// <summary>The 48 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<BlsPublicKey>(in this));

    /// <summary>Reads 48 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BlsPublicKey value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new BlsPublicKey(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static BlsPublicKey Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"BlsPublicKey is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
