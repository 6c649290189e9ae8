using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Tests.Golden;

/// <summary>Lines of the log in both formats: people and filters read them, and no name of a type or a method is in them.</summary>
public sealed class LogFormatTests
{
    private static readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 3, 0, 0, 120, TimeSpan.Zero));

    [Fact]
    public void A_line_of_the_log() =>
        GoldenFile.Holds("log-lines.txt", Entries(new LogLines(_time)).Append("").Concat(Entries(new LogObjects(_time))));

    private static IEnumerable<string> Entries(ConsoleFormatter formatter)
    {
        foreach (var level in Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None))
        {
            yield return Written(formatter, level, typeof(SignerServer).FullName!, null);
        }

        yield return Written(formatter, LogLevel.Error, "Microsoft.AspNetCore.Server.Kestrel", new IOException("a disk failed\nand more"));
    }

    private static string Written(ConsoleFormatter formatter, LogLevel level, string category, Exception? exception)
    {
        using var text = new StringWriter();
        formatter.Write(
            new LogEntry<string>(level, category, new EventId(1, nameof(Written)), "what it says \u001b[2J", exception, (said, _) => said),
            null,
            text
        );
        return text.ToString().TrimEnd('\n');
    }
}
