using System.Net;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Host.Connect;

/// <summary>Doors of this machine, each with its signer behind it. It has no keys, no ledger and no data directory.</summary>
internal static class ConnectServer
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <exception cref="ConfigurationException">A file or an address cannot be used.</exception>
    public static async Task RunAsync(
        IReadOnlyList<(EndPoint Address, Uri Signer)> doors,
        ClientFiles files,
        SignerUse use,
        string? tokenFile,
        IEnumerable<string> hosts,
        CancellationToken cancellation
    )
    {
        List<(EndPoint Address, SignerLink Link)> links = [.. doors.Select(door => (door.Address, new SignerLink(door.Signer, files)))];
        links.ForEach(door => ConnectListener.Try(door.Address));

        // Empty: no configuration but the command line's.
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        SignerLogging.Configure(builder.Logging, new LogOptions(), () => true);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        var allowed = new HostAllowlists(
            new ApiOptions { HostAllowlist = ["localhost", "127.0.0.1", "::1", .. hosts] },
            new OperationsOptions()
        );
        foreach (var (address, link) in links)
        {
            // Not AddHostedService, which takes one of a type.
            builder.Services.AddSingleton<IHostedService>(services => new ConnectListener(
                address,
                link,
                new SignerProbe(link, use, tokenFile, TimeProvider.System),
                allowed,
                TimeProvider.System,
                services.GetRequiredService<ILoggerFactory>()
            ));
        }

        using var host = builder.Build();
        await host.RunAsync(cancellation);
    }
}
