using System.Globalization;
using System.Text.Json;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Where in a text a member's name and value stand; an array's element is a member without name. <see cref="Kind"/> is None when there is
/// none.
/// </summary>
internal readonly record struct JsonMember(int NameStart, int NameLength, int Start, int Length, JsonTokenType Kind)
{
    public ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> utf8) => utf8.Slice(NameStart, NameLength);

    public ReadOnlySpan<byte> ValueIn(ReadOnlySpan<byte> utf8) => utf8.Slice(Start, Length);

    /// <summary>A string's characters as they stand in the text; empty for other kinds. No value we read needs an escape.</summary>
    public ReadOnlySpan<byte> StringIn(ReadOnlySpan<byte> utf8) => Kind is JsonTokenType.String ? ValueIn(utf8)[1..^1] : default;

    /// <summary>Decimal digits, as a string or as a number; no sign, fraction, exponent or space.</summary>
    public bool TryReadNumber(ReadOnlySpan<byte> utf8, out ulong number)
    {
        var digits = Kind is JsonTokenType.Number ? ValueIn(utf8) : StringIn(utf8);
        return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public bool TryReadHex(ReadOnlySpan<byte> utf8, Span<byte> destination) =>
        Kind is JsonTokenType.String && Hex.TryParse(StringIn(utf8), destination);
}
