using System.Text.Json;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>Shows what an enrolment proved.</summary>
internal static class EnrolmentView
{
    public static void Write(RegistrationReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, CliContext.Default.RegistrationReport));
            return;
        }

        var table = new Table().HideHeaders().AddColumns("", "");
        table.AddRow(
            "token",
            $"{Output.Cell(report.TokenLabel)} (serial {Output.Cell(report.TokenSerial)}, profile {Output.Cell(report.Profile)})"
        );
        table.AddRow("key", $"{Output.Cell(report.KeyLabel)}, id {report.KeyId}");
        table.AddRow("mechanism", report.Mechanism.Name());
        table.AddRow("seal", Latency(report.Seal));
        table.AddRow("unseal", Latency(report.Unseal));
        foreach (var rejection in report.Rejected)
        {
            table.AddRow("not taken", $"{rejection.Mechanism.Name()}: {Output.Cell(rejection.Reason)}");
        }

        AnsiConsole.Write(table);
    }

    private static string Latency(RegistrationReport.Latency latency) =>
        $"{latency.P50.TotalMilliseconds:F1} ms median, {latency.P99.TotalMilliseconds:F1} ms at the 99th percentile";
}
