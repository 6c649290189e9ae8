namespace RemoteSigner.Host.Http;

/// <summary>
/// Tells a name that is meant for another: <c>SigningRoot</c> or <c>signing-root</c> for <c>signingRoot</c>. Members that nobody asks for
/// are ignored, and one that another reader of the same text would take for ours must not be: he would see another message.
/// </summary>
internal static class MemberName
{
    /// <summary>
    /// The same letters and digits in another case or with other marks between them; the API's own second name of the root is none.
    /// </summary>
    public static bool IsMisspelt(ReadOnlySpan<byte> given, ReadOnlySpan<byte> meant) =>
        given.Length > 0 && Fold(given[0]) == Fold(meant[0]) && IsSame(given, meant) && !(IsRoot(given) && IsRoot(meant));

    private static bool IsSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var at = 0;
        foreach (var letter in one)
        {
            if (IsMark(letter))
            {
                continue;
            }

            while (at < other.Length && IsMark(other[at]))
            {
                at++;
            }

            if (at == other.Length || Fold(letter) != Fold(other[at++]))
            {
                return false;
            }
        }

        return at == other.Length;
    }

    private static bool IsRoot(ReadOnlySpan<byte> name) => name.SequenceEqual("signingRoot"u8) || name.SequenceEqual("signing_root"u8);

    private static bool IsMark(byte letter) => letter is (byte)'_' or (byte)'-' or (byte)' ' or (byte)'.';

    private static int Fold(byte letter) => letter is >= (byte)'A' and <= (byte)'Z' ? letter | 0x20 : letter;
}
