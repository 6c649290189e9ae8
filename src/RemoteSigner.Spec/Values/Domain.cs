using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

/// <summary>A 32-byte signature domain (consensus-specs <c>Domain</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Domain
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;

    /// <summary>Copies 32 bytes; throws <see cref="ArgumentException"/> for any other length.</summary>
    public Domain(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"Domain takes {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        this = MemoryMarshal.Read<Domain>(bytes);
    }

    /// <summary>The 32 bytes, in the order of the wire.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<Domain>(in this));

    /// <summary>
    /// Consensus-specs <c>compute_domain</c>: 4 bytes of type, then the first 28 bytes of <c>hash_tree_root(ForkData)</c>.
    /// </summary>
    public static Domain Compute(DomainType type, ForkVersion version, Root genesisValidatorsRoot)
    {
        var forkDataRoot = SszHasher.HashPair(SszHasher.Bytes(version.Bytes), genesisValidatorsRoot);
        Span<byte> domain = stackalloc byte[Length];
        type.Bytes.CopyTo(domain);
        forkDataRoot.Bytes[..(Length - DomainType.Length)].CopyTo(domain[DomainType.Length..]);
        return new Domain(domain);
    }

    /// <summary>Reads 32 bytes of hex, <c>0x</c> optional, any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Domain value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = Hex.TryParse(text, bytes);
        value = parsed ? new Domain(bytes) : default;
        return parsed;
    }

    /// <summary>Like <see cref="TryParse"/>, but throws <see cref="FormatException"/>.</summary>
    public static Domain Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"Domain is {Length} bytes of hex.");

    /// <summary><c>0x</c> and lower-case hex.</summary>
    public override string ToString() => Hex.Format(Bytes);
}
