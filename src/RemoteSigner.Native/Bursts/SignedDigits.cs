namespace RemoteSigner.Native;

/// <summary>
/// A scalar s in base Z = |z| = 0xd201000000010000, the curve's parameter, for which Z·P = −psi(P) on G2 and the group order is r = Z⁴ − Z²
/// + 1. Four digits of 64 bits, each a sum of ±2ᵏ over all its bits: odd, so that no window of it is zero. No branch and no address depends
/// on the scalar.
/// </summary>
internal static unsafe class SignedDigits
{
    public const ulong Z = 0xd201000000010000;

    public const int Count = 4;

    // ⌊(2¹²⁸ − 1) / Z⌋ − 2⁶⁴
    private const ulong Reciprocal = 0x381204ca56cd56b5;

    private static ReadOnlySpan<ulong> GroupOrder => [0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48];

    /// <summary>
    /// s, or r − s where s is even, as Σ dᵢ·Zⁱ with dᵢ = Σₖ (bit k of wordᵢ ? 1 : −1)·2ᵏ.
    /// </summary>
    /// <param name="words">Room for four.</param>
    /// <param name="scalar">32 bytes, little-endian, at least 1 and below r.</param>
    /// <returns>All ones where the words are those of r − s, so that the result is to be negated; else zero.</returns>
    public static ulong Recode(ulong* words, byte* scalar)
    {
        unchecked
        {
            var s = stackalloc ulong[Count];
            for (var i = 0; i < Count; i++)
            {
                s[i] = ((ulong*)scalar)[i];
            }

            var even = (s[0] & 1) - 1;
            ulong borrow = 0;
            for (var i = 0; i < Count; i++)
            {
                var order = GroupOrder[i];
                var difference = order - s[i] - borrow;
                borrow = Borrow(order, s[i], difference);
                s[i] ^= even & (s[i] ^ difference);
            }

            for (var i = 0; i < Count; i++)
            {
                words[i] = Divide(s);
            }

            // An even digit becomes the next odd one, and the digit below it pays Z. Z is even, so that no parity below changes; the lowest
            // is odd as s is.
            for (var i = 0; i < Count; i++)
            {
                var pays = i < Count - 1 ? ((words[i + 1] & 1) - 1) & (Z / 2) : 0;
                words[i] = (words[i] >> 1) + (1UL << 63) - pays;
            }

            for (var i = 0; i < Count; i++)
            {
                s[i] = 0;
            }

            return even;
        }
    }

    // The remainder by Z; the quotient stays in its place.
    private static ulong Divide(ulong* number)
    {
        ulong remainder = 0;
        for (var i = Count - 1; i >= 0; i--)
        {
            number[i] = Step(ref remainder, number[i]);
        }

        return remainder;
    }

    // Möller and Granlund, "Improved division by invariant integers" (2011), algorithm 4, with masks in the place of its two corrections.
    private static ulong Step(ref ulong remainder, ulong low)
    {
        unchecked
        {
            var high = Math.BigMul(Reciprocal, remainder, out var product);
            var fraction = product + low;
            var quotient = high + remainder + Carry(product, low, fraction) + 1;
            var rest = low - (quotient * Z);
            var over = 0 - Borrow(fraction, rest, fraction - rest);
            quotient += over;
            rest += over & Z;
            var under = Borrow(rest, Z, rest - Z) - 1;
            quotient -= under;
            remainder = rest - (under & Z);
            return quotient;
        }
    }

    private static ulong Carry(ulong left, ulong right, ulong sum) => ((left & right) | ((left | right) & ~sum)) >> 63;

    private static ulong Borrow(ulong left, ulong right, ulong difference) => ((~left & right) | (~(left ^ right) & difference)) >> 63;
}
