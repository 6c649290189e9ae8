using System.Collections.Concurrent;
using System.Text;

namespace RemoteSigner.Fuzz;

/// <summary>
/// What was sent and how it ended, by door, and whatever must not be: each finding with the input that makes it, so that it can be had
/// again.
/// </summary>
internal sealed class Findings(string folder)
{
    private const int MaxKept = 40;

    private readonly ConcurrentDictionary<(string Door, string End), long> _ends = new();
    private readonly ConcurrentDictionary<string, long> _kinds = new();

    public long Inputs => _ends.Values.Sum();

    /// <summary>Inputs that were answered with a refusal.</summary>
    public long Refused => _ends.Where(row => row.Key.End.Length == 3 && row.Key.End[0] is '4' or '5').Sum(row => row.Value);

    public bool Any => !_kinds.IsEmpty;

    public void Count(string door, string end) => _ends.AddOrUpdate((door, end), 1, (_, count) => count + 1);

    public void Add(string kind, string door, long input, byte[] sent, string detail)
    {
        var count = _kinds.AddOrUpdate(kind, 1, (_, known) => known + 1);
        if (count > MaxKept)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{kind}-{door}-{input}".Replace('/', '_').Replace(' ', '_'));
        File.WriteAllBytes(path, sent);
        Console.WriteLine($"FINDING {kind}: {door}, input {input} ({path}): {Shown(detail)}");
    }

    /// <summary>A line for each door, the kinds of ends in it, and a line for each kind of finding.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        foreach (var door in _ends.GroupBy(row => row.Key.Door).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.AppendLine(
                $"  {door.Key, -14} {door.Sum(row => row.Value), 9:N0} inputs: "
                    + $"{string.Join(", ", door.OrderByDescending(row => row.Value).Select(row => $"{row.Value:N0} × {row.Key.End}"))}"
            );
        }

        foreach (var (kind, count) in _kinds.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            text.AppendLine($"  {count:N0} × {kind}");
        }

        return text.ToString();
    }

    private static string Shown(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        return line.Length > 300 ? line[..300] + "…" : line;
    }
}
