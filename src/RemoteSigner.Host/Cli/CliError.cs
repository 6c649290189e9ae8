using System.CommandLine;
using RemoteSigner.Host.Control;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Cli;

/// <summary>A command cannot be done; the message says what failed, the hint what to do.</summary>
internal sealed class CliError(string message, string hint) : OperatorException(message, hint)
{
    /// <summary><see cref="ExitCodes.Failed"/>, or <see cref="ExitCodes.Usage"/> where the command was written wrongly.</summary>
    public int ExitCode { get; private init; } = ExitCodes.Failed;

    /// <summary>The command names too little, or what cannot go together.</summary>
    public static CliError OfUsage(string message, string hint) => new(message, hint) { ExitCode = ExitCodes.Usage };

    /// <summary>Two options of which a command takes one.</summary>
    /// <exception cref="CliError">Both are given.</exception>
    public static void RefuseBoth(ParseResult parsed, Option one, Option other, string hint)
    {
        if (parsed.GetResult(one) is { Implicit: false } && parsed.GetResult(other) is { Implicit: false })
        {
            throw OfUsage($"{one.Name} and {other.Name} cannot both be given", hint);
        }
    }

    /// <summary>Writes a fault to standard error in the manner of this program and gives the exit code.</summary>
    public static int Report(Exception exception)
    {
        var folder = FolderNamedIn(exception);
        StandardError.Console.WriteLine(
            $"remote-signer: error: {(folder is null ? exception.Message : $"{folder} is a folder, and a file is wanted")}"
        );
        if ((folder is null ? FaultHints.HintOf(exception) : "name the file in it") is { } hint)
        {
            StandardError.Console.WriteLines($"remote-signer: hint: {hint}");
        }

        return (exception as CliError)?.ExitCode ?? ExitCodes.Failed;
    }

    /// <summary>True for faults that are explained by their message; anything else is a bug and keeps its stack trace.</summary>
    public static bool Explains(Exception exception) => FaultHints.HintOf(exception) is not null;

    // The system says of a folder that is read as a file that it is not there, or may not be read.
    private static string? FolderNamedIn(Exception exception) =>
        exception is FileNotFoundException or UnauthorizedAccessException
        && exception.Message.Split('\'') is [_, var path, ..]
        && Directory.Exists(path)
            ? path
            : null;
}
