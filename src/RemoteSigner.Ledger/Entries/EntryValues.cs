using System.Buffers.Text;
using System.Globalization;

namespace RemoteSigner.Ledgers;

/// <summary>What stands in a place of a shape. The numbers are stored: in the shape at that place, where no text has such a byte.</summary>
internal enum EntryValue : byte
{
    /// <summary>The entry's own number in decimal digits.</summary>
    Sequence = 1,

    /// <summary>Decimal digits; kept as a number of variable length.</summary>
    Number = 2,

    /// <summary>UTC to the millisecond; kept as milliseconds since 1970, of variable length.</summary>
    Time = 3,

    /// <summary>Lower-case hex digits; kept as a length and the bytes.</summary>
    Hex = 4,

    /// <summary>As it stands; kept as a length and the bytes.</summary>
    Text = 5,

    /// <summary>Lower-case hex digits of a word (<see cref="EntryWords"/>); kept as its number.</summary>
    RecurringHex = 6,

    /// <summary>A word as it stands; kept as its number.</summary>
    RecurringText = 7,
}

/// <summary>The text of values, the same when an entry is written and when it is read.</summary>
internal static class EntryValues
{
    public const int TimeLength = 24;

    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private static readonly ulong _latest = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static bool Recurs(EntryValue kind) => kind is EntryValue.RecurringHex or EntryValue.RecurringText;

    public static bool IsNumber(EntryValue kind) => kind is EntryValue.Number or EntryValue.Time;

    public static int FormatNumber(ulong number, Span<byte> text)
    {
        _ = Utf8Formatter.TryFormat(number, text, out var length);
        return length;
    }

    public static int FormatTime(ulong milliseconds, Span<byte> text)
    {
        if (milliseconds > _latest)
        {
            throw new InvalidDataException($"no time is {milliseconds} ms after 1970");
        }

        return FormatTime(DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds).UtcDateTime, text);
    }

    public static int FormatTime(DateTime time, Span<byte> text)
    {
        _ = time.TryFormat(text, out var length, TimeFormat, CultureInfo.InvariantCulture);
        return length;
    }

    public static int FormatHex(ReadOnlySpan<byte> value, Span<byte> text)
    {
        _ = Convert.TryToHexStringLower(value, text, out var length);
        return length;
    }
}
