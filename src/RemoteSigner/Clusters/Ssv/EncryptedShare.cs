namespace RemoteSigner.Clusters.Ssv;

/// <summary>
/// What comes out of the bare RSA function: 00 02, at least eight bytes that are not zero, 00 (RFC 8017 §7.2.1), and the share as 64
/// hexadecimal digits, with 0x or without. The digits end the block either way, so nothing has to be searched for, and what is read does
/// not depend on what is there.
/// </summary>
internal static class EncryptedShare
{
    private const int Digits = 64;
    private const int FirstDigit = Native.RsaPrivateKey.Length - Digits;

    /// <summary>Writes 32 bytes; when they are no share, false. No branch and no place of memory depends on the block.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, Span<byte> scalar)
    {
        var bare = PaddingFaults(block, FirstDigit - 1);
        var prefixed = PaddingFaults(block, FirstDigit - 3) | (block[FirstDigit - 2] ^ '0') | (block[FirstDigit - 1] ^ 'x');
        var bad = 0;
        for (var i = 0; i < Digits / 2; i++)
        {
            var (high, low) = (Digit(block[FirstDigit + (2 * i)]), Digit(block[FirstDigit + (2 * i) + 1]));
            bad |= (high | low) >> 8;
            scalar[i] = (byte)(((high & 15) << 4) | (low & 15));
        }

        return (NonZero(bare) & NonZero(prefixed)) + NonZero(bad) == 0;
    }

    // Zero when 00 02, bytes that are not zero up to the separator, and a zero there.
    private static int PaddingFaults(ReadOnlySpan<byte> block, int separator)
    {
        var faults = block[0] | (block[1] ^ 2) | block[separator];
        for (var i = 2; i < separator; i++)
        {
            faults |= 1 - NonZero(block[i]);
        }

        return faults;
    }

    // The digit's value, or 256 for what is none.
    private static int Digit(byte character)
    {
        var (decimals, letters) = (character - '0', (character | 0x20) - 'a');
        var isDecimal = InRange(decimals, 10);
        var isLetter = InRange(letters, 6);
        return (isDecimal & decimals) | (isLetter & (letters + 10)) | (~(isDecimal | isLetter) & 256);
    }

    // All bits set when 0 ≤ value < count, else none.
    private static int InRange(int value, int count) => (~value & (value - count)) >> 31;

    private static int NonZero(int value) => (value | -value) >>> 31;
}
