using System.Text.RegularExpressions;

namespace RemoteSigner.Mutation;

/// <summary>
/// survivors.md: below a heading with the file's path, one item for each mutant that no test can or need kill: its name between
/// backticks, a colon, the reason. An item may go on in indented lines.
/// </summary>
public sealed partial class Explained
{
    private readonly Dictionary<(string File, string Mutant), string> _reasons = [];

    /// <exception cref="FormatException">An item has no name or no reason.</exception>
    public static Explained Read(string file)
    {
        var explained = new Explained();
        var heading = "";
        foreach (var line in Items(File.ReadLines(file)))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                heading = line[3..].Trim();
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                var item = Item().Match(line);
                explained._reasons[(heading, item.Groups[1].Value)] = item.Success
                    ? item.Groups[2].Value
                    : throw new FormatException($"{file}: {line}");
            }
        }

        return explained;
    }

    public bool Has(string file, Mutant mutant) => _reasons.ContainsKey((file, mutant.Name));

    /// <summary>The explained mutants of a file that are none of its survivors: the reason, or the mutant, is out of date.</summary>
    public IEnumerable<string> Stale(string file, IEnumerable<string> survivors) =>
        _reasons.Keys.Where(key => key.File == file).Select(key => key.Mutant).Except(survivors);

    private static IEnumerable<string> Items(IEnumerable<string> lines)
    {
        var item = "";
        foreach (var line in lines)
        {
            if (item.StartsWith("- ", StringComparison.Ordinal) && line.StartsWith("  ", StringComparison.Ordinal))
            {
                item += " " + line.Trim();
                continue;
            }

            yield return item;
            item = line;
        }

        yield return item;
    }

    [GeneratedRegex("^- `(.+?)`: (.+)$")]
    private static partial Regex Item();
}
