namespace RemoteSigner.Administration.Keys;

/// <summary>Why a person does what nobody can do by mistake, in his own words, for the audit log.</summary>
internal static class StatedReason
{
    private const int MaxCharacters = 200;

    /// <exception cref="AdminException">There is none, it is too long, or has characters that are no text.</exception>
    public static void Require(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxCharacters || reason.Any(char.IsControl))
        {
            throw new AdminException(
                AdminFault.NoReason,
                $"a reason has 1 to {MaxCharacters} characters of plain text; nothing was changed",
                "give --reason with what the ceremony is, and who asked for it: it stands in the audit log"
            );
        }
    }
}
