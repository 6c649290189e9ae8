using System.Text.Json;
using System.Text.RegularExpressions;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Tests.House;

/// <summary>What docs/ has all of: reason codes, health checks, metrics, endpoints. The blocks are run by tests/pages.py.</summary>
public sealed partial class PagesTests
{
    private static readonly string _night = Read("docs/operator/three-in-the-morning.md");

    [Fact]
    public void Every_reason_code_has_its_section_and_no_section_is_stale()
    {
        string[] kinds = ["slashing rule", "rollback reason", "cluster rule", "outcome"];
        var codes = Read("tests/RemoteSigner.Tests/House/stored-names.txt")
            .Split('\n')
            .Where(line => kinds.Any(kind => line.StartsWith(kind, StringComparison.Ordinal)))
            .Select(line => line.Split(' ')[^1]);

        Assert.Equal(codes.Order(StringComparer.Ordinal), Sections("Slashing protection", "Metrics"));
    }

    /// <summary>A code has a section of its own, or a line in a table that begins with it.</summary>
    [Fact]
    public void Every_code_of_the_page_of_codes_leads_to_what_to_do()
    {
        string[] noReasons = ["States of a key", "Actions of the audit log", "Duties", "Outcomes", "Metrics", "Exit codes"];
        var codes = Read("docs/integrator/codes.md")
            .Split("\n## ")
            .Skip(1)
            .Where(section => !noReasons.Contains(section.Split('\n')[0]))
            .SelectMany(section => FirstCell().Matches(section))
            .SelectMany(cell => Quoted().Matches(cell.Value))
            .Select(code => code.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var found = FirstCell()
            .Matches(_night)
            .SelectMany(cell => Quoted().Matches(cell.Value))
            .Concat(Heading().Matches(_night))
            .Select(match => match.Groups[1].Value);

        Assert.InRange(codes.Count, 150, int.MaxValue);
        Assert.Empty(codes.Except(found));
    }

    [Fact]
    public void Every_health_check_has_its_section_and_no_section_is_stale()
    {
        var checks = Sources("src/RemoteSigner.Host/Http/Health")
            .Concat(Sources("src/RemoteSigner.Host/Running/Health"))
            .Concat(Sources("src/RemoteSigner.Host/Running"))
            .SelectMany(text => HealthCheck().Matches(text))
            .Select(match => match.Groups[1].Value);

        Assert.Equal(checks.Distinct().Order(StringComparer.Ordinal), Sections("Health", "Reason codes"));
    }

    [Fact]
    public void Every_metric_has_its_section_and_no_section_is_stale()
    {
        var metrics = Metrics();

        Assert.Equal(metrics, Sections("Metrics", "Commands"));
        Assert.All(MetricInRule().Matches(Read("docs/operator/day-2.md").Split("## Alerts")[1]), name =>
            Assert.Contains(name.Value, metrics)
        );
    }

    [Fact]
    public void Every_alert_names_the_section_that_tells_what_to_do()
    {
        var alerts = Alert().Matches(Read("docs/operator/day-2.md"));
        var anchors = AnyHeading().Matches(_night).Select(match => match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'));

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains(alert.Groups[1].Value, anchors));
        Assert.Equal(alerts.Count, Read("docs/operator/day-2.md").Split("- alert: ").Length - 1);
    }

    [Fact]
    public void Every_endpoint_has_its_line_with_the_statuses_that_OpenAPI_has()
    {
        var lines = EndpointLine()
            .Matches(Read("docs/integrator/endpoints.md"))
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());

        Assert.Equal(
            ApiRoutes.All.Select(route => $"{route.Verb} {route.Path}").Order(StringComparer.Ordinal),
            lines.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(Described(), lines.Select(line => $"{line.Key}: {line.Value}").Order(StringComparer.Ordinal));
    }

    // Without those that each endpoint may answer; the page says so once.
    private static IEnumerable<string> Described() =>
        Directory
            .GetFiles(Path.Combine(HouseTests.Root(), "src/RemoteSigner.Host/Http/OpenApi"), "*.json")
            .SelectMany(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("paths").EnumerateObject())
            .SelectMany(path => path.Value.EnumerateObject().Select(verb => (path.Name, Verb: verb)))
            .Where(one => one.Verb.Value.ValueKind == JsonValueKind.Object && one.Verb.Value.TryGetProperty("responses", out _))
            .Select(one => $"{one.Verb.Name.ToUpperInvariant()} {one.Name}: {StatusesOf(one.Verb.Value)}")
            .Order(StringComparer.Ordinal);

    private static string StatusesOf(JsonElement operation) =>
        string.Join(
            ' ',
            operation
                .GetProperty("responses")
                .EnumerateObject()
                .Select(one => one.Name)
                .Except(["400", "403", "405", "500"])
                .Order(StringComparer.Ordinal)
        );

    private static List<string> Metrics() => [.. MetricTable.All.Select(metric => metric.Name)];

    // The third-level headings between two of the second level.
    private static IEnumerable<string> Sections(string from, string to) =>
        Heading()
            .Matches(_night.Split($"\n## {from}\n")[1].Split($"\n## {to}\n")[0])
            .Select(match => match.Groups[1].Value)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(HouseTests.Root(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    private static string Read(string path) => File.ReadAllText(Path.Combine(HouseTests.Root(), path));

    [GeneratedRegex("^### (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `[^|]+", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^##+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex AnyHeading();

    [GeneratedRegex(@"- alert: .*\n(?:.*\n)+?.*runbook: 'three-in-the-morning\.md#([a-z0-9_-]+)'")]
    private static partial Regex Alert();

    [GeneratedRegex("\"([a-z-]+-check)\"")]
    private static partial Regex HealthCheck();

    [GeneratedRegex(@"\b(?:remote_signer|eth2|signing|http)_[a-z0-9_]+\b")]
    private static partial Regex MetricInRule();

    [GeneratedRegex(@"^\| `([A-Z]+ /[^`]*)` \|([0-9 ]+)\|", RegexOptions.Multiline)]
    private static partial Regex EndpointLine();
}
