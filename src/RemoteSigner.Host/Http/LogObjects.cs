using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Http;

/// <summary>
/// The log for machines: one JSON object on each line. Filters are written against it, so each name is chosen here, and none is that of a
/// type or a method.
/// </summary>
internal sealed class LogObjects(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "objects";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, time.GetUtcNow().UtcDateTime.ToString(SignerLogging.Time));
            json.WriteString("level"u8, LogOptions.Word(logEntry.LogLevel));
            if (SignerLogging.SourceOf(logEntry.Category) is { } source)
            {
                json.WriteString("source"u8, source);
            }

            json.WriteString("message"u8, logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception"u8, exception.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        textWriter.Write(Environment.NewLine);
    }
}
