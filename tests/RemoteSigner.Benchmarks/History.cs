using System.Globalization;
using System.Text.Json.Nodes;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// The runs that were kept, one JSON object a line, oldest first: commit, day, machine, and the figures that have a target. A new run is
/// compared with the median of those on the same kind of machine, in ratios: a time or a rate says nothing about another machine.
/// </summary>
public static class History
{
    /// <summary>How much worse than the median a figure may be. Runs on one shared machine differ by a third of this.</summary>
    public const double Tolerance = 0.25;

    /// <summary>With fewer earlier runs nothing is judged.</summary>
    public const int FewestRuns = 3;

    /// <summary>The figures of a run that are worse than those before it by more than the tolerance, each in words.</summary>
    /// <param name="history">Lines as they are kept; those of another kind of machine are passed over.</param>
    /// <param name="run">A line like them.</param>
    /// <exception cref="FormatException">A line is not such an object.</exception>
    public static IReadOnlyList<string> Regressions(IEnumerable<string> history, string run)
    {
        var now = Read(run);
        var before = history.Where(line => line.Length > 0).Select(Read).Where(one => Kind(one) == Kind(now)).ToList();
        return
        [
            .. Figures(now)
                .Select(figure => Judge(figure.Key, figure.Value!.AsObject(), [.. before.SelectMany(one => ValuesOf(one, figure.Key))]))
                .OfType<string>(),
        ];
    }

    /// <summary>A line for a run.</summary>
    /// <param name="figures">Name, value, and whether more is better.</param>
    public static string Line(
        string commit,
        string day,
        string processor,
        int cores,
        bool isQuick,
        IEnumerable<(string Key, double Value, bool MoreIsBetter)> figures
    ) =>
        new JsonObject
        {
            ["commit"] = commit,
            ["day"] = day,
            ["processor"] = processor,
            ["cores"] = cores,
            ["quick"] = isQuick,
            ["figures"] = new JsonObject(
                figures.Select(figure =>
                    KeyValuePair.Create(
                        figure.Key,
                        (JsonNode?)
                            new JsonObject { ["value"] = Math.Round(figure.Value, 3), ["better"] = figure.MoreIsBetter ? "more" : "less" }
                    )
                )
            ),
        }.ToJsonString();

    private static JsonObject Read(string line) =>
        JsonNode.Parse(line) as JsonObject ?? throw new FormatException($"'{line}' is not the object of a run");

    private static (string? Processor, int? Cores, bool? Quick) Kind(JsonObject run) =>
        ((string?)run["processor"], (int?)run["cores"], (bool?)run["quick"]);

    private static JsonObject Figures(JsonObject run) => run["figures"] as JsonObject ?? throw new FormatException("a run without figures");

    private static IEnumerable<double> ValuesOf(JsonObject run, string key) =>
        Figures(run)[key] is { } figure ? [(double)figure["value"]!] : [];

    private static string? Judge(string key, JsonObject figure, double[] before)
    {
        if (before.Length < FewestRuns)
        {
            return null;
        }

        var (value, usual) = ((double)figure["value"]!, Median(before));
        var isWorse = (string?)figure["better"] == "more" ? value < usual * (1 - Tolerance) : value > usual * (1 + Tolerance);
        return isWorse
            ? string.Create(CultureInfo.InvariantCulture, $"{key} is {value:0.###}, and was {usual:0.###} in {before.Length} runs before")
            : null;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
