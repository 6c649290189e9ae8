using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// What is said to a person goes to standard error: standard output is for results, which programs read. Lines are as long as they are: a
/// command in one is to be pasted.
/// </summary>
internal static class StandardError
{
    public static PlainLines Console { get; } = new(System.Console.Error);

    /// <summary>For what moves on the screen.</summary>
    public static IAnsiConsole Screen { get; } =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) });
}
