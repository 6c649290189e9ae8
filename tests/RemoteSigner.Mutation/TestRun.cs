using System.Diagnostics;

namespace RemoteSigner.Mutation;

/// <summary>A copy of a test project's output in which one assembly is replaced again and again.</summary>
public sealed class TestRun
{
    private readonly string _folder;
    private readonly string _program;

    public TestRun(string built, string folder, string program)
    {
        (_folder, _program) = (folder, Path.Combine(folder, program));
        foreach (var file in Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Do the tests pass with this assembly? One failure, or no end within the limit, is a no.</summary>
    public bool Passes(string assemblyFile, byte[] assembly, string[] classes, TimeSpan limit, int? mutant = null)
    {
        Replace(assemblyFile, assembly);
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (
            var argument in (string[])
                ["-noColor", "-noLogo", "-stopOnFail", .. classes.SelectMany(name => (string[])["-class", $"*.{name}"])]
        )
        {
            start.ArgumentList.Add(argument);
        }

        if (mutant is { } number)
        {
            start.Environment[SwitchedFile.Variable] = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        using var process = Process.Start(start)!;
        Output = "";
        process.OutputDataReceived += (_, line) => Output += line.Data + "\n";
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return false;
        }

        process.WaitForExit();
        return process.ExitCode == 0;
    }

    public void Replace(string assemblyFile, byte[] assembly) => File.WriteAllBytes(Path.Combine(_folder, assemblyFile), assembly);

    /// <summary>What the last run printed.</summary>
    public string Output { get; private set; } = "";
}
