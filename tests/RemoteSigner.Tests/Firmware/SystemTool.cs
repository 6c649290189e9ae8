using System.Diagnostics;

namespace RemoteSigner.Tests.Firmware;

/// <summary>
/// A program of the operating system that judges our recipes: systemd-analyze, nft. Missing, it fails in CI and skips elsewhere.
/// </summary>
internal static class SystemTool
{
    private const string Folders = "/usr/bin:/usr/sbin:/bin:/sbin";

    /// <summary>Runs it to the end and gives the exit code and all it printed.</summary>
    internal static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>For a test that cannot run here: red where everything must run, skipped with the reason elsewhere.</summary>
    internal static void Unless(bool possible, string reason)
    {
        Assert.False(!possible && Environment.GetEnvironmentVariable("CI") == "true", $"in CI this must run: {reason}");
        Assert.SkipUnless(possible, reason);
    }

    /// <summary>The first of these programs that is not installed, or null.</summary>
    internal static string? FirstMissing(params string[] names) => Array.Find(names, name => PathOf(name) is null);

    private static string Find(string name)
    {
        var path = PathOf(name);
        Unless(path is not null, $"{name} is not installed");
        return path!;
    }

    private static string? PathOf(string name) =>
        Folders.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
