namespace RemoteSigner.Host.Cli;

/// <summary>
/// Lines for a person's terminal, which obeys none of them: arguments, paths and what files or servers say stand in many.
/// </summary>
internal sealed class PlainLines(TextWriter writer)
{
    /// <summary>One line, whatever is in it.</summary>
    public void WriteLine(string line) => writer.WriteLine(PeerText.InOneLine(line));

    /// <summary>Text that is several lines on purpose.</summary>
    public void WriteLines(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            WriteLine(line);
        }
    }
}
