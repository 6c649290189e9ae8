using RemoteSigner.Host.Control;

namespace RemoteSigner.Host.Cli;

/// <summary>A command cannot be done; the message says what failed, the hint what to do.</summary>
internal sealed class CliError(string message, string hint) : Exception(message)
{
    public string Hint { get; } = hint;

    /// <summary>Writes a fault to standard error in the manner of this program and gives the exit code: 1.</summary>
    public static int Report(Exception exception)
    {
        Console.Error.WriteLine($"remote-signer: error: {exception.Message}");
        if (HintOf(exception) is { } hint)
        {
            Console.Error.WriteLine($"remote-signer: hint: {hint}");
        }

        return 1;
    }

    /// <summary>True for faults that are explained by their message; anything else is a bug and keeps its stack trace.</summary>
    public static bool Explains(Exception exception) => HintOf(exception) is not null;

    private static string? HintOf(Exception exception) => exception is CliError error ? error.Hint : FaultHints.HintOf(exception);
}
