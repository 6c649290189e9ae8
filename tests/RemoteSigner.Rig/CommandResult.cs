namespace RemoteSigner.Rig;

/// <summary>How a verb of the binary ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The result itself; anything but exit code 0 is a fault that shows what was printed.</summary>
    public CommandResult Succeeded() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"the command ended with {ExitCode}:\n{Output}\n{Error}");
}
