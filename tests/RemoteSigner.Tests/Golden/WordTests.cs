using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.House;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Golden;

/// <summary>The words of refusals, duties, metrics and health, and the bodies that are written without a serialiser.</summary>
public sealed partial class WordTests
{
    // One of each case, and of each rule within.
    private static IEnumerable<(string Kind, SignOutcome Outcome)> Outcomes =>
        [
            ("signed", Signed()),
            ("loading", new SignOutcome.KeysLoading()),
            ("unknown key", new SignOutcome.UnknownKey()),
            ("not allowed", new SignOutcome.NotAllowed()),
            ("root", new SignOutcome.RootMismatch(Duties.Root(1))),
            ("network", new SignOutcome.NotOnThisNetwork("detail")),
            ("slot window", new SignOutcome.OutsideSlotWindow("detail")),
            ("clock", new SignOutcome.ClockInDoubt("detail")),
            ("key removed", new SignOutcome.KeyRemoved()),
            ("busy", new SignOutcome.Busy("detail")),
            ("faulty signature", new SignOutcome.SignatureFault("detail")),
            ("ledger", new SignOutcome.Failed(new LedgerException(LedgerFault.Locked, "message", "hint"))),
            ("failed", new SignOutcome.Failed(new InvalidOperationException("message"))),
            .. Each<ClusterRule>("cluster", rule => new SignOutcome.ClusterPolicyViolation(new ClusterRefusal(rule, "detail"))),
            .. Each<RollbackReason>("rollback", reason => new SignOutcome.RollbackCheckFailed(new RollbackRefusal(reason, "detail", ""))),
            .. Each<SlashingRule>("slashing", rule => new SignOutcome.Slashable(rule, "detail")),
        ];

    [Fact]
    public void Every_end_of_a_sign_request_with_its_words_in_metrics_log_and_answer()
    {
        Assert.Equal(typeof(SignOutcome).GetNestedTypes().ToHashSet(), Outcomes.Select(one => one.Outcome.GetType()).ToHashSet());
        GoldenFile.Holds(
            "sign-outcomes.txt",
            Outcomes
                .Select(one => $"{one.Kind}: {one.Outcome.Name}, {one.Outcome.RuleName}{Answer(one.Outcome)}")
                .Concat(
                    typeof(MalformedRequest)
                        .GetFields(BindingFlags.Public | BindingFlags.Static)
                        .Where(field => field.IsLiteral)
                        .Select(field => $"malformed: {field.GetRawConstantValue()}")
                        .Order(StringComparer.Ordinal)
                )
        );
    }

    [Fact]
    public void Every_duty_with_its_number_and_its_names() =>
        GoldenFile.Holds(
            "duties.txt",
            Enum.GetValues<DutyType>()
                .Select(duty =>
                    $"{(int)duty} {duty.Name()}: in signer.json "
                    + string.Join(' ', DutyNames.Single.Where(name => DutyNames.Find(name)!.Contains(duty)))
                )
                .Append($"on the wire: {string.Join(' ', WireFormat.Types.Order(StringComparer.Ordinal))}")
        );

    [Fact]
    public void Every_metric_with_its_kind_its_text_and_its_labels() =>
        GoldenFile.Holds("metrics.txt", Metrics().Order(StringComparer.Ordinal));

    [Fact]
    public void The_answer_of_the_health_check()
    {
        var report = HealthReport.Of([
            HealthReport.Check.Of("default-check", up: true),
            HealthReport.Check.Group(
                "group",
                HealthReport.Check.Of("member", up: false, new HealthReport.CheckFigures(1, 2, 3, "state", "why"))
            ),
            HealthReport.Check.Of(
                "figures",
                HealthReport.Degraded,
                new HealthReport.CheckFigures(AgeSeconds: 0.5, LedgerBytes: 4, FreeBytes: 5, ReserveBytes: 6)
            ),
        ]);

        GoldenFile.Holds(
            "health.txt",
            Sources("src/RemoteSigner.Host/Http/Health")
                .Concat(Sources("src/RemoteSigner.Host/Running/Health"))
                .SelectMany(text => HealthCheck().Matches(text))
                .Select(match => match.Groups[1].Value)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Append(JsonSerializer.Serialize(report, WireContext.Default.HealthReport))
        );
    }

    [Fact]
    public void The_bodies_of_errors_and_of_the_Keymanager_API() =>
        GoldenFile.Holds(
            "bodies.txt",
            [
                JsonSerializer.Serialize(ErrorBody.For(412, "reason", "detail"), WireContext.Default.ErrorBody),
                JsonSerializer.Serialize(ErrorBody.For(404), WireContext.Default.ErrorBody),
                JsonSerializer.Serialize(SignBatchError.Of(new SignOutcome.Busy("detail")), SignBatchContext.Default.SignBatchError),
                Text(
                    KeymanagerResponse.Items(
                        [
                            KeymanagerItem.Imported,
                            KeymanagerItem.Duplicate,
                            KeymanagerItem.Deleted,
                            KeymanagerItem.NotActive,
                            KeymanagerItem.NotFound,
                        ],
                        "{}"u8.ToArray()
                    )
                ),
                Text(KeymanagerResponse.Items([KeymanagerItem.NotKept, KeymanagerItem.Failed("why")])),
                Text(KeymanagerResponse.NoHistory()),
            ]
        );

    [Fact]
    public void The_configuration_that_init_writes() =>
        GoldenFile.Holds(
            "signer.json",
            SignerOptionsTemplate.Write(
                new SignerOptions
                {
                    Network = new NetworkOptions { Name = "hoodi" },
                    Seal = new SealOptions { Profile = "softhsm2", Token = "remote-signer" },
                    RollbackProtection = new RollbackProtectionOptions { Anchor = RollbackProtectionOptions.Token },
                    Clients = new() { ["vc"] = ClientBundles.Find("validator-client")!, ["ssv"] = ClientBundles.Find("ssv-node")! },
                }
            )
        );

    private static IEnumerable<(string, SignOutcome)> Each<T>(string kind, Func<T, SignOutcome> outcome)
        where T : struct, Enum => Enum.GetValues<T>().Select(rule => ($"{kind} {Convert.ToInt32(rule)}", outcome(rule)));

    private static SignOutcome Signed() => (SignOutcome)RuntimeHelpers.GetUninitializedObject(typeof(SignOutcome.Signed));

    private static string Answer(SignOutcome outcome) =>
        outcome is SignOutcome.Signed ? "" : $", {SignRefusal.Of(outcome).Status} {SignRefusal.Of(outcome).Reason}";

    private static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static IEnumerable<string> Metrics() =>
        MetricTable.All.Select(metric => $"{Word(metric.Type)} {metric.Name}{{{string.Join(',', metric.Labels)}}}: {metric.Help}");

    // As scrapers read it after "# TYPE".
    private static string Word(MetricType type) =>
        type switch
        {
            MetricType.Counter => "counter",
            MetricType.Gauge => "gauge",
            MetricType.Summary => "summary",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(HouseTests.Root(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText);

    [GeneratedRegex("\"([a-z-]+-check)\"")]
    private static partial Regex HealthCheck();
}
