using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Prometheus;
using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Connect;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.House;

/// <summary>
/// <c>docs/integrator/codes.md</c> is written from the tables in the code: what each code means is what its member's comment says. With
/// <c>REMOTE_SIGNER_WRITE=1</c> the page is written anew; without, it must be current.
/// </summary>
public sealed partial class CodesPageTests
{
    // Has a file that is called as an action is.
    private const string FileNamed = "KeymanagerOptions.cs";

    private const string Night = "../operator/three-in-the-morning.md";

    private static readonly List<(string Path, string Text)> _sources =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(HouseTests.Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/node_modules/", StringComparison.Ordinal))
            .Select(path => (path, File.ReadAllText(path))),
    ];

    [Fact]
    public void The_page_of_codes_is_what_the_tables_say()
    {
        var path = Path.Combine(HouseTests.Root(), "docs/integrator/codes.md");
        if (Environment.GetEnvironmentVariable("REMOTE_SIGNER_WRITE") == "1")
        {
            File.WriteAllText(path, Page());
        }

        Assert.Equal(File.ReadAllText(path), Page());
    }

    [Fact]
    public void No_action_and_no_metric_is_named_beside_its_table()
    {
        var actions = Constants(typeof(AuditActions))
            .Select(row => row.Value)
            .Where(action => action.Contains('.', StringComparison.Ordinal));
        var names = actions.Concat(MetricTable.All.Select(metric => metric.Name)).Select(name => $"\"{name}\"").ToList();
        var beside = _sources
            .Where(file => Path.GetFileName(file.Path) is not ("AuditActions.cs" or "MetricTable.cs" or FileNamed))
            .SelectMany(file => names.Where(file.Text.Contains).Select(name => $"{Path.GetFileName(file.Path)}: {name}"));

        Assert.Empty(beside);
        Assert.Equal(["Metric.cs"], _sources.Where(file => CreatesMetric().IsMatch(file.Text)).Select(file => Path.GetFileName(file.Path)));
        Assert.All(_sources.Where(file => file.Path.Contains("/RemoteSigner.Host/Cli/", StringComparison.Ordinal)), file =>
            Assert.DoesNotMatch(BareExitCode(), file.Text)
        );
    }

    /// <summary>
    /// A reason for programs comes from a table. Where the fault is an enum the compiler sees to it; a refusal of an import takes its code
    /// from several of them, as text.
    /// </summary>
    [Fact]
    public void No_refusal_has_a_code_of_its_own()
    {
        Assert.DoesNotContain(typeof(AdminException).GetConstructors()[0].GetParameters(), parameter => parameter.Name == "code");
        Assert.Empty(
            HouseTests
                .Shipped.SelectMany(CompiledCode.Uses)
                .Where(use => use.Named is ConstructorInfo && use.Named.DeclaringType == typeof(ImportRefusal))
                .SelectMany(use =>
                    CompiledCode.Texts(use.Caller).Where(text => Code().IsMatch(text)).Select(text => $"{use.Caller.DeclaringType}: {text}")
                )
                .Distinct()
        );
    }

    private static string Page()
    {
        var page = new StringBuilder(
            """
            # Codes and names

            Everything here is chosen for good: it stands in answers, in the audit log, in metrics and in scripts of others.
            A test writes this page from the tables in the code. [Errors](errors.md) says what a client should do with an
            answer, [At three in the morning](../operator/three-in-the-morning.md) what an operator should.

            ## Reason codes of signing

            `reason` of the answer, `rule` of the audit entry, and the label `rule` of `remote_signer_refusals_total`.

            | reason | status | audit log | metrics | means |
            |---|---|---|---|---|

            """
        );
        foreach (var (outcome, means) in Outcomes())
        {
            var told = SignRefusal.Of(outcome);
            var metric = $"[`{outcome.RuleCode}`]({Night}#{outcome.RuleCode})";
            page.Append($"| `{told.Reason}` | {told.Status} | `{outcome.RuleName}` | {metric} | {means} |\n");
        }

        Constants(page, "Other reason codes of answers", typeof(ReasonCodes), typeof(MalformedRequest));
        Members<SealingTpmFault>(page, "Faults of the TPM (`tpm_…`, 503)", fault => $"tpm_{fault.Code()}");
        Members<AdminFault>(page, "Why a change is refused", AdminFaultCodes.Code);
        Members<ImportFault>(page, "Why a share does not come in", ImportFaultCodes.Code);
        Members<KeystoreFault>(page, "What can be wrong with a keystore", KeystoreFaultCodes.Code);
        Members<ClusterFileFault>(page, "What can be wrong with a cluster's file", ClusterFileFaultCodes.Code);
        Members<ClusterCheck>(page, "Checks of a cluster lock", ClusterCheckCodes.Code);
        Members<KeysharesCheck>(page, "Checks of a keyshares file", KeysharesCheckCodes.Code);
        Members<OperatorMessageFault>(page, "What an SSV operator does not sign", OperatorMessageFaultCodes.Code);
        Members<KeyState>(page, "States of a key", KeyStateCodes.Code);

        page.Append("\n## Why a check of a signer fails\n\nReasons of `connect` where the signer does not give its own.\n");
        page.Append("\n| reason | means |\n|---|---|\n");
        foreach (var (name, value) in Constants(typeof(CheckReasons)))
        {
            page.Append($"| `{value}` | {Meaning(typeof(CheckReasons), name)} |\n");
        }

        page.Append("\n## Duties\n\nIn the audit log, and the label `duty` of metrics.\n\n| duty |\n|---|\n");
        foreach (var duty in Enum.GetValues<DutyType>().Select(duty => duty.Name()).Order(StringComparer.Ordinal))
        {
            page.Append($"| `{duty}` |\n");
        }

        page.Append(
            "\n## Outcomes\n\nThe label `outcome` of `remote_signer_sign_outcomes_total`; "
                + "the rule of a refusal is in `remote_signer_refusals_total`.\n\n"
        );
        page.Append("| outcome |\n|---|\n| `Signed` |\n");
        foreach (var outcome in Outcomes().Select(row => row.Outcome.Name).Distinct().Order(StringComparer.Ordinal))
        {
            page.Append($"| `{outcome}` |\n");
        }

        page.Append("\n## Actions of the audit log\n\n| action | means |\n|---|---|\n");
        foreach (var (name, value) in Constants(typeof(AuditActions)))
        {
            page.Append($"| `{(value[0] == '.' ? "…" : "")}{value}` | {Meaning(typeof(AuditActions), name)} |\n");
        }

        page.Append("\n## Metrics\n\n| metric | type | labels | help |\n|---|---|---|---|\n");
        foreach (var metric in MetricTable.All)
        {
            var labels = string.Join(", ", metric.Labels.Select(label => $"`{label}`"));
            page.Append($"| `{metric.Name}` | {metric.Type.ToString().ToLowerInvariant()} | {labels} | {metric.Help} |\n");
        }

        page.Append("\nBeside these, of the process and its runtime, by prometheus-net:\n\n| metric | type | help |\n|---|---|---|\n");
        foreach (var (name, type, help) in OfTheRuntime())
        {
            page.Append($"| `{name}` | {type} | {help} |\n");
        }

        page.Append("\n## Exit codes\n\n| code | means |\n|---|---|\n");
        foreach (var code in typeof(ExitCodes).GetFields())
        {
            page.Append($"| {code.GetRawConstantValue()} | {Meaning(typeof(ExitCodes), code.Name)} |\n");
        }

        return page.ToString();
    }

    private static IEnumerable<(SignOutcome Outcome, string Means)> Outcomes() =>
        [
            .. new SignOutcome[]
            {
                new SignOutcome.KeysLoading(),
                new SignOutcome.UnknownKey(),
                new SignOutcome.NotAllowed(),
                new SignOutcome.KeyRemoved(),
                new SignOutcome.RootMismatch(default),
                new SignOutcome.NotOnThisNetwork(""),
                new SignOutcome.ClockInDoubt(""),
                new SignOutcome.OutsideSlotWindow(""),
                new SignOutcome.Busy(""),
                new SignOutcome.SignatureFault(""),
                new SignOutcome.Failed(new InvalidOperationException()),
            }.Select(outcome => (outcome, Meaning(typeof(SignOutcome), outcome.GetType().Name))),
            .. Enum.GetValues<SlashingRule>()
                .Select(rule => ((SignOutcome)new SignOutcome.Slashable(rule, ""), Meaning(typeof(SlashingRule), rule.ToString()))),
            .. Enum.GetValues<ClusterRule>()
                .Select(rule =>
                    ((SignOutcome)new SignOutcome.ClusterPolicyViolation(new(rule, "")), Meaning(typeof(ClusterRule), rule.ToString()))
                ),
            .. Enum.GetValues<RollbackReason>()
                .Select(reason =>
                    (
                        (SignOutcome)new SignOutcome.RollbackCheckFailed(new(reason, "", "")),
                        Meaning(typeof(RollbackReason), reason.ToString())
                    )
                ),
        ];

    // As the library itself writes them: "# HELP name help" and "# TYPE name type".
    private static IEnumerable<(string Name, string Type, string Help)> OfTheRuntime()
    {
        var registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        using var text = new MemoryStream();
        registry.CollectAndExportAsTextAsync(text).GetAwaiter().GetResult();
        var lines = Encoding.UTF8.GetString(text.ToArray()).Split('\n').Select(line => line.Split(' ', 4)).ToList();
        return lines
            .Where(words => words is ["#", "HELP", _, _])
            .Select(words => (words[2], lines.First(one => one is ["#", "TYPE", var name, _] && name == words[2])[3], words[3]))
            .OrderBy(metric => metric.Item1, StringComparer.Ordinal);
    }

    private static void Constants(StringBuilder page, string title, params Type[] tables)
    {
        page.Append($"\n## {title}\n\n| reason | status | means |\n|---|---|---|\n");
        foreach (var (table, name, value) in tables.SelectMany(table => Constants(table).Select(row => (table, row.Name, row.Value))))
        {
            var statuses = table.GetField(name)!.GetCustomAttribute<AnsweredAttribute>()!.Statuses;
            page.Append($"| `{value}` | {statuses} | {Meaning(table, name)} |\n");
        }
    }

    private static void Members<T>(StringBuilder page, string title, Func<T, string> code)
        where T : struct, Enum
    {
        page.Append($"\n## {title}\n\n| code | means |\n|---|---|\n");
        foreach (var value in Enum.GetValues<T>())
        {
            page.Append($"| `{code(value)}` | {Meaning(typeof(T), value.ToString())} |\n");
        }
    }

    private static IEnumerable<(string Name, string Value)> Constants(Type table) =>
        table
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(one => one.IsLiteral)
            .Select(one => (one.Name, (string)one.GetRawConstantValue()!));

    // The first sentences of the comment at the member, as the source has it.
    private static string Meaning(Type type, string member)
    {
        var start = new Regex($@"\b(enum|class|record) {type.Name}\b");
        var source = _sources.Select(file => file.Text).First(start.IsMatch);
        var text = source[start.Match(source).Index..];
        var found = Regex.Match(
            text,
            $@"((?:[ ]+///[^\n]*\n)+)(?:[ ]+\[[^\n]*\n)*[ ]+(?:(?:public|const|string|int|sealed|record) )*{member}\b"
        );
        var summary = Regex.Match(
            found.Groups[1].Value.Replace("///", "", StringComparison.Ordinal),
            "<summary>(.*?)</summary>",
            RegexOptions.Singleline
        );
        var words = Regex.Replace(summary.Groups[1].Value, @"\s+", " ").Trim();
        words = Regex.Replace(words, @" \(<see cref=""\w+Exception""\s*/>\)", "");
        words = Regex.Replace(words, @"<see cref=""(?:\w+\.)*(\w+)""\s*/>", name =>
            $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(name.Groups[1].Value)}`"
        );
        return Regex.Replace(words, "</?c>", "`").Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\.Create(?:Counter|Gauge|Summary|Histogram)\(")]
    private static partial Regex CreatesMetric();

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex Code();

    [GeneratedRegex(@"\breturn [0-9]+;|[?:] [0-9] ?[;:]")]
    private static partial Regex BareExitCode();
}
