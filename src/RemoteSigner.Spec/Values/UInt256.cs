using System.Globalization;
using System.Numerics;
using System.Text;

namespace RemoteSigner.Spec;

/// <summary>A <c>uint256</c>, of which nothing is needed but its text and its root.</summary>
public readonly record struct UInt256
{
    // 2^256 has 78 digits.
    private const int MaxDigits = 78;

    private readonly Root _littleEndian;

    private UInt256(Root littleEndian) => _littleEndian = littleEndian;

    public Root HashTreeRoot() => _littleEndian;

    /// <summary>Reads decimal digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, out UInt256 value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Root.Length];
        bytes.Clear();
        if (
            utf8Text.Length is 0 or > MaxDigits
            || !BigInteger.TryParse(Encoding.ASCII.GetString(utf8Text), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !number.TryWriteBytes(bytes, out _, isUnsigned: true)
        )
        {
            return false;
        }

        value = new UInt256(new Root(bytes));
        return true;
    }
}
