using System.Text.RegularExpressions;

namespace RemoteSigner.Tests.Firmware;

/// <summary>What systemd says of a unit as it is shipped.</summary>
internal static partial class UnitJudge
{
    // Tenths of the exposure level of systemd-analyze: 20 is 2.0 of 10.
    private const string Threshold = "20";

    internal static Task<(int ExitCode, string Output)> VerifyAsync(string unit) =>
        SystemTool.RunAsync("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit);

    internal static async Task<(int ExitCode, decimal Level)> ExposureAsync(string unit)
    {
        var (exitCode, output) = await SystemTool.RunAsync(
            "systemd-analyze",
            "security",
            "--no-pager",
            "--offline=yes",
            $"--threshold={Threshold}",
            unit
        );
        var level = OverallExposure().Match(output);
        Assert.True(level.Success, $"systemd-analyze gave no exposure level: {output}");
        return (exitCode, decimal.Parse(level.Groups[1].Value));
    }

    /// <summary>
    /// Writes a unit of the recipes into a folder. systemd-analyze wants the program to exist, and no machine that tests has the signer
    /// installed.
    /// </summary>
    internal static string Write(string folder, string name, Func<string, string>? change = null)
    {
        var unit = Path.Combine(folder, name);
        var text = Recipes
            .Read(name)
            .Replace("ExecStart=/usr/lib/remote-signer/remote-signer ", "ExecStart=/bin/true ", StringComparison.Ordinal);
        File.WriteAllText(unit, change is null ? text : change(text));
        return unit;
    }

    /// <summary>
    /// What stands before the comment on privileges runs the program; what stands behind it, up to [Install], confines it.
    /// </summary>
    internal static string WithoutHardening(string text)
    {
        var from = text.IndexOf("# No privileges", StringComparison.Ordinal);
        return text.Remove(from, text.IndexOf("[Install]", StringComparison.Ordinal) - from);
    }

    [GeneratedRegex(@"exposure level for [a-z-]+\.service: ([0-9.]+)")]
    private static partial Regex OverallExposure();
}
