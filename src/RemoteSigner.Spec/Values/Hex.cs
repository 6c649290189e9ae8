using System.Diagnostics.CodeAnalysis;

namespace RemoteSigner.Spec;

/// <summary>
/// Hexadecimal text as the consensus APIs write it: lower case and <c>0x</c> when written; any case and an optional <c>0x</c> when read.
/// </summary>
public static class Hex
{
    /// <summary>Writes <paramref name="bytes"/> as <c>0x</c> and two lower-case digits for each byte.</summary>
    public static string Format(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>
    /// Reads exactly <paramref name="destination"/>.Length bytes; false when the text has another length or a character that is no digit.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> destination)
    {
        var digits = Digits(text);
        return digits.Length == destination.Length * 2
            && Convert.FromHexString(digits, destination, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>Like the other, for text that is still UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8Text, Span<byte> destination)
    {
        var digits = utf8Text.StartsWith("0x"u8) ? utf8Text[2..] : utf8Text;
        return digits.Length == destination.Length * 2
            && Convert.FromHexString(digits, destination, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>Reads any even number of digits; false otherwise.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var digits = Digits(text);
        bytes = digits.Length % 2 == 0 ? new byte[digits.Length / 2] : null;
        if (bytes is not null && !TryParse(digits, bytes.AsSpan()))
        {
            bytes = null;
        }

        return bytes is not null;
    }

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text) => text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
}
