using System.Diagnostics;

namespace RemoteSigner.Rig;

/// <summary>How a program ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>How long a program may run; longer for whoever imports very many keys.</summary>
    public static TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Runs a program of this machine to its end, with <paramref name="input"/> on its standard input.</summary>
    public static Task<CommandResult> OfAsync(string program, IEnumerable<string> arguments, string input = "") =>
        OfAsync(new ProcessStartInfo(program, arguments), input);

    /// <summary>Runs a program to its end; one that does not end is killed.</summary>
    /// <exception cref="TimeoutException">It ran for longer than <see cref="Timeout"/>.</exception>
    public static async Task<CommandResult> OfAsync(ProcessStartInfo start, string input = "")
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Timeout);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new TimeoutException(
                $"'{start.FileName} {string.Join(' ', start.ArgumentList)}' did not end:\n{await output}\n{await error}"
            );
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>The result itself; anything but exit code 0 is a fault that shows what was printed.</summary>
    public CommandResult Succeeded() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"the command ended with {ExitCode}:\n{Output}\n{Error}");
}
