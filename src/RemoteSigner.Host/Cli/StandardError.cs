using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>What is said to a person goes to standard error: standard output is for results, which programs read.</summary>
internal static class StandardError
{
    public static IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) });
}
