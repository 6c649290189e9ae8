using System.Numerics;

namespace RemoteSigner.Tests.Native;

/// <summary>Scalars in [1, r) at which arithmetic in base |z| is most likely to go wrong.</summary>
internal static class EdgeScalars
{
    private static readonly BigInteger _z = 0xd201000000010000;

    public static BigInteger GroupOrder { get; } = BigInteger.Pow(_z, 4) - BigInteger.Pow(_z, 2) + 1;

    /// <summary>All of them once, 32 bytes little-endian.</summary>
    public static IReadOnlyList<byte[]> All { get; } =
    [.. Numbers().Where(number => number > 0 && number < GroupOrder).Distinct().Select(LittleEndian)];

    public static byte[] LittleEndian(BigInteger number)
    {
        var bytes = new byte[32];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    private static IEnumerable<BigInteger> Numbers() =>
        [.. Small(), .. Powers(), .. MultiplesOfZ(), .. DigitCorners(), .. Around(GroupOrder / 2, 4), .. BytePatterns(), .. RunsOfOnes()];

    private static IEnumerable<BigInteger> Small() => Enumerable.Range(0, 601).SelectMany(i => new[] { i, GroupOrder - i });

    private static IEnumerable<BigInteger> Powers() => Enumerable.Range(0, 256).SelectMany(bit => Around(BigInteger.One << bit, 3));

    private static IEnumerable<BigInteger> MultiplesOfZ() =>
        from power in Enumerable.Range(1, 3)
        from factor in new BigInteger[] { 1, 2, 3, _z - 2, _z - 1, _z + 1 }
        from number in Around(factor * BigInteger.Pow(_z, power), 5)
        select number;

    // Every combination of the least, the largest and the middle digits, odd and even.
    private static IEnumerable<BigInteger> DigitCorners()
    {
        BigInteger[] corners = [0, 1, 2, (_z / 2) - 1, _z / 2, _z - 3, _z - 2, _z - 1];
        return from a in corners
            from b in corners
            from c in corners
            from d in corners
            select a + (b * _z) + (c * _z * _z) + (d * _z * _z * _z);
    }

    private static IEnumerable<BigInteger> BytePatterns() =>
        Enumerable
            .Range(1, 255)
            .Select(pattern => new BigInteger([.. Enumerable.Repeat((byte)pattern, 32)], isUnsigned: true) % GroupOrder);

    private static IEnumerable<BigInteger> RunsOfOnes() =>
        from length in Enumerable.Range(1, 8)
        from position in Enumerable.Range(0, 31)
        select ((BigInteger.One << (8 * length)) - 1) << (8 * position);

    private static IEnumerable<BigInteger> Around(BigInteger number, int by) => Enumerable.Range(-by, (2 * by) + 1).Select(i => number + i);
}
