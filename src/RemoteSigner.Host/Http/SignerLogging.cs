using Microsoft.Extensions.Logging.Console;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Host.Http;

/// <summary>One log: lines for people or JSON for machines, always with the request's id, never with a body.</summary>
internal static class SignerLogging
{
    public const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <param name="hasStarted">False until requests are served. What keeps a start from succeeding is told by the command line, in one
    /// line and with a hint; the host's own account of it would be the stack of every service that it takes down.</param>
    public static void Configure(ILoggingBuilder logging, LogOptions options, Func<bool> hasStarted)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(options.FindLevel() ?? throw new FormatException($"'{options.Level}' says no log level"));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level =>
            level >= (hasStarted() ? LogLevel.Warning : LogLevel.Critical)
        );

        // Where this is on, the web host begins a trace activity for every request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        ConsoleFormatter formatter = options.Format == "json" ? new LogObjects(TimeProvider.System) : new LogLines(TimeProvider.System);
        logging.Services.AddSingleton(formatter);
        logging.AddConsole(console => console.FormatterName = formatter.Name);
    }

    /// <summary>Who says it, where that is the platform; null for the signer itself, whose categories are names of its types.</summary>
    public static string? SourceOf(string category) =>
        category == ProductVersion.Name || category.StartsWith("RemoteSigner.", StringComparison.Ordinal) ? null : category;
}
