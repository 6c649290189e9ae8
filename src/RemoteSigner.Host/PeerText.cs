using System.Globalization;
using System.Text;

namespace RemoteSigner.Host;

/// <summary>
/// Text that somebody else chose, made fit to be shown: at most so many characters, and none that a terminal obeys, that turns the line
/// around or that is half of another.
/// </summary>
internal static class PeerText
{
    public const int Most = 200;

    private const char Cut = '…';

    /// <summary>The text with what is not printable as <c>\u001b</c>; a longer one ends in an ellipsis.</summary>
    public static string Shown(string text, int most = Most)
    {
        var shown = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            var length = shown.Length;
            Append(shown, rune);
            if (shown.Length > most)
            {
                shown.Length = length;
                return shown.Append(Cut).ToString();
            }
        }

        return shown.ToString();
    }

    /// <summary>The whole text in one line.</summary>
    public static string InOneLine(string text) => IsPlain(text) ? text : Shown(text, int.MaxValue);

    private static bool IsPlain(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsPrintable(rune))
            {
                return false;
            }
        }

        return true;
    }

    private static void Append(StringBuilder shown, Rune rune)
    {
        if (IsPrintable(rune))
        {
            shown.Append(rune);
        }
        else
        {
            shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
    }

    private static bool IsPrintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
