using System.Text;
using RemoteSigner.Sealing;

namespace RemoteSigner.Keys;

/// <summary>
/// What the vault calls a key that came in: a name out of a file system or of a wallet, made fit to be kept and to be shown.
/// </summary>
public static class KeyLabel
{
    /// <summary>
    /// At most 64 bytes of UTF-8, cut between characters; control characters and halves of characters become question marks.
    /// </summary>
    public static string Of(string name)
    {
        var label = new StringBuilder();
        var length = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            var shown = Rune.IsControl(rune) || rune == Rune.ReplacementChar ? new Rune('?') : rune;
            length += shown.Utf8SequenceLength;
            if (length > VaultFile.MaxLabel)
            {
                break;
            }

            label.Append(shown);
        }

        return label.ToString();
    }
}
