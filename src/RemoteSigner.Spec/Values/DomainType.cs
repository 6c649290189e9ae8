using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RemoteSigner.Spec;

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

    public static DomainType BeaconProposer { get; } = Parse("0x00000000");

    public static DomainType BeaconAttester { get; } = Parse("0x01000000");

    public static DomainType Randao { get; } = Parse("0x02000000");

    public static DomainType Deposit { get; } = Parse("0x03000000");

    public static DomainType VoluntaryExit { get; } = Parse("0x04000000");

    public static DomainType SelectionProof { get; } = Parse("0x05000000");

    public static DomainType AggregateAndProof { get; } = Parse("0x06000000");

    public static DomainType SyncCommittee { get; } = Parse("0x07000000");

    public static DomainType SyncCommitteeSelectionProof { get; } = Parse("0x08000000");

    public static DomainType ContributionAndProof { get; } = Parse("0x09000000");

    public static DomainType BeaconBuilder { get; } = Parse("0x0b000000");

    public static DomainType PtcAttester { get; } = Parse("0x0c000000");

    public static DomainType ProposerPreferences { get; } = Parse("0x0d000000");

    public static DomainType ApplicationBuilder { get; } = Parse("0x00000001");

    public static DomainType BuilderRequestAuth { get; } = Parse("0x0b000001");

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
