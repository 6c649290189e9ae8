using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.Benchmarks;

/// <summary>The figures of one run, with the machine that they are of: a table for people, and JSON for programs.</summary>
/// <param name="isQuick">Its figures are of fewer keys than their names say.</param>
/// <param name="engine">How the signer was told to sign together; it stands behind the names of the figures. Null: as it chooses.</param>
internal sealed class Report(bool isQuick, string? engine)
{
    private readonly List<Figure> _figures = [];

    /// <summary>Adds a figure.</summary>
    /// <param name="key">Its name in the JSON.</param>
    /// <param name="value">The figure; a time or a size has its unit in the name.</param>
    /// <param name="target">What is wanted of it, such as <c>≥ 10</c>; empty: it stands there for comparison.</param>
    /// <param name="about">What else there is to say, for the table.</param>
    public void Add(string key, double value, string target = "", string about = "")
    {
        var figure = new Figure(engine is null ? key : $"{key}.{engine}", value, target, about);
        _figures.Add(figure);
        Console.WriteLine(figure);
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{Processor}, {Environment.ProcessorCount} cores, AVX-512 IFMA "
                + $"{(HasIfma ? "yes" : "no")}{(isQuick ? "; QUICK: fewer keys and rounds than the names say" : "")}"
        );
        _figures.ForEach(Console.WriteLine);
    }

    /// <summary>
    /// Writes latest.json, or quick.json, whose figures are of fewer keys than their names say. What was not measured anew stays there as
    /// it was, where it is of the same kind of machine.
    /// </summary>
    public async Task WriteAsync()
    {
        var json = new JsonObject
        {
            ["processor"] = Processor,
            ["cores"] = Environment.ProcessorCount,
            ["avx512ifma"] = HasIfma,
            ["quick"] = isQuick,
        };
        var path = Path.Combine(Repository.Root, "artifacts", "bench", isQuick ? "quick.json" : "latest.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (
            File.Exists(path)
            && JsonNode.Parse(await File.ReadAllTextAsync(path)) is JsonObject before
            && (string?)before["processor"] == Processor
            && (int?)before["cores"] == Environment.ProcessorCount
        )
        {
            json = before;
        }

        foreach (var figure in _figures)
        {
            json[figure.Key] = figure.Value;
        }

        await File.WriteAllTextAsync(path, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>
    /// Puts the figures that have a target, or are compared with such, into the page of the benchmark: each replaces the row of its name,
    /// and the others stay as they were measured before.
    /// </summary>
    public async Task WritePageAsync()
    {
        var page = Path.Combine(Repository.Root, "tests", "RemoteSigner.Benchmarks", "README.md");
        var text = await File.ReadAllTextAsync(page);
        var (begin, end) = (
            text.IndexOf(TableHead, StringComparison.Ordinal) + TableHead.Length,
            text.IndexOf("<!-- end of the figures -->", StringComparison.Ordinal)
        );
        var rows = text[begin..end].Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(row => row.Split('|')[1].Trim());
        foreach (var figure in _figures)
        {
            rows[$"`{figure.Key}`"] = string.Create(
                CultureInfo.InvariantCulture,
                $"| `{figure.Key}` | {figure.Value:#,0.###} | {figure.Target} | "
                    + $"{figure.About.Replace('|', '/')} | {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Model} |"
            );
        }

        await File.WriteAllTextAsync(page, $"{text[..begin]}{string.Join('\n', rows.Values)}\n{text[end..]}");
    }

    /// <summary>
    /// Compares the ratios and byte counts that have a target with those of earlier runs on this kind of machine, and adds them to
    /// history.jsonl. Seconds are left out: they say more about who else uses the machine.
    /// </summary>
    /// <returns>False where one is worse than usual; it is printed.</returns>
    public async Task<bool> KeepAsync()
    {
        var judged = _figures
            .Where(figure => figure.Target.Length > 0 && (figure.Key.Contains("Ratio") || figure.Key.Contains("Bytes")))
            .Select(figure => (figure.Key, figure.Value, figure.Target.StartsWith('≥')))
            .ToList();
        var path = Path.Combine(Repository.Root, "tests", "RemoteSigner.Benchmarks", "history.jsonl");
        var day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var run = History.Line(await CommitAsync(), day, Processor, Environment.ProcessorCount, isQuick, judged);
        var worse = History.Regressions(await File.ReadAllLinesAsync(path), run);
        foreach (var figure in worse)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"WORSE by more than {History.Tolerance:P0}: {figure}"));
        }

        await File.AppendAllTextAsync(path, run + "\n");
        return worse.Count == 0;
    }

    // With a + where files differ from it.
    private static async Task<string> CommitAsync()
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        foreach (var argument in (string[])["describe", "--always", "--dirty=+"])
        {
            start.ArgumentList.Add(argument);
        }

        using var git = Process.Start(start)!;
        return (await git.StandardOutput.ReadToEndAsync()).Trim();
    }

    private const string TableHead = """
        | figure | measured | target | what was measured | when |
        |---|---|---|---|---|

        """;

    private static string Model => $"{Cpu("cpu family")}/{Cpu("model")}";

    private static string Processor { get; } =
        string.Join(
            ' ',
            new[] { "model name", "cpu family", "model" }
                .Select(Cpu)
                .Select((value, i) => i == 0 ? value : $"{(i == 1 ? "family" : "model")} {value}")
        );

    private static bool HasIfma { get; } = Cpu("flags").Split(' ').Contains("avx512ifma");

    // proc_cpuinfo(5), of the first core.
    private static string Cpu(string name) =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.Split(':')[0].Trim() == name) is { } found
            ? found[(found.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : "unknown";

    private sealed record Figure(string Key, double Value, string Target, string About)
    {
        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Key, -30} {Value, 12:#,0.###}   {(Target.Length > 0 ? $"target {Target}" : ""), -16}{About}"
            );
    }
}
