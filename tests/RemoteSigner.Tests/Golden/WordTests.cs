using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using RemoteSigner.Access;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters.Ssv;
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
    public async Task The_bodies_of_the_endpoints_of_ssv_signer()
    {
        var key = Duties.PublicKey(1);
        var import = $$"""{"share_keys":[{"EncryptedPrivKey":"0x0102","PubKey":"{{key}}"}]}""";
        var delete = $$"""{"pubkeys":["{{key}}"]}""";
        Assert.Equal(
            (key, "0102"),
            (SsvBody.Read(Utf8(import))[0].PublicKey, Convert.ToHexString(SsvBody.Read(Utf8(import))[0].Encrypted))
        );
        Assert.Equal([key], KeymanagerResponse.ReadKeys(Utf8(delete), mayLack: true));
        using var arena = new SecretArena();
        using var owner = OperatorKeyTests.Operator(arena, 0);

        GoldenFile.Holds(
            "ssv.txt",
            [
                $"GET /v1/validators: {await BodyAsync(context => ApiResponse.KeysAsync(context, [key]))}",
                $"POST /v1/validators: {import}",
                $"POST /v1/validators, answered: {Text(KeymanagerResponse.Items([KeymanagerItem.Imported, KeymanagerItem.Duplicate]))}",
                $"DELETE /v1/validators: {delete}",
                $"DELETE /v1/validators, answered: {Text(KeymanagerResponse.Items([KeymanagerItem.Deleted, KeymanagerItem.NotFound]))}",
                $"GET /v1/operator/identity: {await BodyAsync(context => ApiResponse.TextAsync(context, owner.PublicKey.ToString()))}",
                $"POST /v1/operator/sign, answered: {await BodyAsync(context => ApiResponse.BinaryAsync(context, new byte[256]), 256)}",
                .. Enum.GetValues<SsvRight>().Select(right => $"in signer.json: {right.Name()}").Order(StringComparer.Ordinal),
            ]
        );
    }

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

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    // With its content type; of bytes how many there are.
    private static async Task<string> BodyAsync(Func<HttpContext, Task> answer, int length = 0)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        await answer(context);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        Assert.True(length == 0 || length == body.Length);
        return $"{context.Response.ContentType}: {(length == 0 ? Text(body.ToArray()) : $"{length} bytes")}";
    }

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
