using System.CommandLine;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Host.Cli;

/// <summary><c>serve</c>: signs until it is told to stop.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    private static readonly Option<string?> Listen = new("--listen")
    {
        Description = "address and port of the API, instead of signer.json's",
        HelpName = "HOST:PORT",
    };
    private static readonly Option<string?> Operations = new("--operations")
    {
        Description = "address and port of health and metrics, instead of signer.json's",
        HelpName = "HOST:PORT",
    };
    private static readonly Option<string[]> LoopbackHttp = new("--loopback-http")
    {
        Description = "also serve one client of this machine without TLS, on a port of 127.0.0.1 or a unix socket",
        HelpName = "PORT=CLIENT",
    };

    public static Command Create()
    {
        var command = new Command(Name, "Sign for the clients that signer.json names") { Listen, Operations, LoopbackHttp };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var data = parsed.DataDirectory();
        data.RequirePrivate();
        var options = data.ReadOptions();
        var written = new OptionsSnapshot(options);
        options.Api.Listen = parsed.GetValue(Listen) ?? options.Api.Listen;
        options.Operations.Listen = parsed.GetValue(Operations) ?? options.Operations.Listen;
        foreach (var door in parsed.GetValue(LoopbackHttp) ?? [])
        {
            var separator = door.LastIndexOf('=');
            options.Api.LoopbackHttp[separator < 0 ? door : door[..separator]] = separator < 0 ? "" : door[(separator + 1)..];
        }

        if (SignerOptionsValidator.Faults(options, data).ToList() is { Count: > 0 } faults)
        {
            throw new CliError(string.Join("; ", faults), "correct the options of this command or signer.json");
        }

        options.Distributed.RequireProof();
        await SignerServer.RunAsync(data, options, written, cancellation);
        return ExitCodes.Done;
    }
}
