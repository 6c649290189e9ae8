namespace RemoteSigner.Host.Cli;

/// <summary>What is said of a slashing history that was taken over.</summary>
internal static class HistoryNote
{
    /// <param name="withoutList">How many of its entries lack one of their two lists.</param>
    public static void Write(int withoutList)
    {
        if (withoutList > 0)
        {
            StandardError.Console.WriteLine(
                $"{withoutList} entries of the history have no list of blocks or none of votes: what is left out was read as an empty list"
            );
        }
    }
}
