using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The log for people: one line for each entry, whatever is in it. What others chose stands in many of them, and must not move a terminal's
/// cursor or begin a line of its own.
/// </summary>
internal sealed class LogLines(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "lines";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write($"{time.GetUtcNow().UtcDateTime.ToString(SignerLogging.Time)} {Level(logEntry.LogLevel)}: ");
        if (SignerLogging.SourceOf(logEntry.Category) is { } source)
        {
            textWriter.Write($"{source}: ");
        }

        textWriter.Write(PeerText.InOneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            textWriter.Write(PeerText.InOneLine(exception.ToString().ReplaceLineEndings(" ")));
        }

        textWriter.Write(Environment.NewLine);
    }

    // The four letters of .NET's own console log, so that nobody's filters change.
    private static string Level(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
}
