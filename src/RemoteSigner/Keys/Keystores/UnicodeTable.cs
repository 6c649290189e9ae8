using System.Buffers.Binary;
using System.Collections.Frozen;

namespace RemoteSigner.Keys;

/// <summary>
/// Compatibility decompositions and combining classes, from <c>nfkd.bin</c> (made by <c>nfkd.py</c>). .NET's own Normalize does nothing in
/// a program built with InvariantGlobalization, and would put the password into strings.
/// </summary>
internal static class UnicodeTable
{
    private static readonly (FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<int, byte> Classes) Table = Load();

    /// <summary>The full compatibility decomposition, empty when there is none. Hangul syllables are not in the table.</summary>
    internal static ReadOnlySpan<int> Decomposition(int codePoint) => Table.Decompositions.GetValueOrDefault(codePoint, []);

    /// <summary>The canonical combining class; 0 for a starter.</summary>
    internal static byte CombiningClass(int codePoint) => Table.Classes.GetValueOrDefault(codePoint);

    private static (FrozenDictionary<int, int[]> Decompositions, FrozenDictionary<int, byte> Classes) Load()
    {
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream("nfkd.bin")
            ?? throw new InvalidOperationException("nfkd.bin is not built in");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        ReadOnlySpan<byte> rest = bytes;
        var decompositions = ReadDecompositions(ref rest);
        return (decompositions.ToFrozenDictionary(), ReadClasses(rest).ToFrozenDictionary());
    }

    private static Dictionary<int, int[]> ReadDecompositions(ref ReadOnlySpan<byte> rest)
    {
        var count = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[2..];
        var decompositions = new Dictionary<int, int[]>(count);
        for (var i = 0; i < count; i++)
        {
            var parts = new int[rest[3]];
            for (var part = 0; part < parts.Length; part++)
            {
                parts[part] = CodePoint(rest[(4 + (3 * part))..]);
            }

            decompositions.Add(CodePoint(rest), parts);
            rest = rest[(4 + (3 * parts.Length))..];
        }

        return decompositions;
    }

    private static Dictionary<int, byte> ReadClasses(ReadOnlySpan<byte> rest)
    {
        var classes = new Dictionary<int, byte>();
        for (rest = rest[2..]; rest.Length > 0; rest = rest[5..])
        {
            for (var i = 0; i < rest[3]; i++)
            {
                classes.Add(CodePoint(rest) + i, rest[4]);
            }
        }

        return classes;
    }

    private static int CodePoint(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
