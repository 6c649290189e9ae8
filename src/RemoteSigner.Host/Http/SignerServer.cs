using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RemoteSigner.Access;
using RemoteSigner.Clocks;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Running;
using RemoteSigner.Host.Tls;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>The two listeners and what answers on them.</summary>
internal static class SignerServer
{
    // A duty takes milliseconds. The server times bodies no longer once it stops, and while one that never ends is waited for, nobody
    // signs.
    private static readonly TimeSpan _maxToFinish = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Serves until it is told to stop; <paramref name="written"/> is the file as it was read, without what the command line said. The port
    /// is bound before the keys are opened, so that health can say how far that is.
    /// </summary>
    public static async Task RunAsync(DataDirectory data, SignerOptions options, OptionsSnapshot written, CancellationToken cancellation)
    {
        using var arena = new SecretArena();
        Bls.SelfTest(arena);
        BurstSigner.SelfTest(arena);
        await using var ledger = Ledger.Open(data.LedgerFile);
        await ledger.KeepReserveAsync();
        if (data.ControlEndPoint is not null)
        {
            SocketFile.RemoveStale(data.ControlSocket);
        }

        // Empty: signer.json is the only configuration. The usual builder would also listen to ASPNETCORE_* variables, and watch the
        // content root for changes, which the ledger makes with every commit.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = data.Path });
        var hasStarted = false;
        SignerLogging.Configure(builder.Logging, options.Log, () => hasStarted);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _maxToFinish);
        await SignerServices.AddAsync(builder.Services, data, options, ledger, arena);
        builder.Services.AddSingleton(written);
        builder.WebHost.ConfigureKestrel(
            (_, kestrel) => Listen(kestrel, options, kestrel.ApplicationServices.GetRequiredService<MutualTls>())
        );
        builder.WebHost.ConfigureKestrel(
            (_, kestrel) =>
                ControlSocket.Listen(
                    kestrel,
                    data,
                    kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ControlSocket))
                )
        );
        builder.Services.Configure<SocketTransportOptions>(sockets =>
            sockets.CreateBoundListenSocket = endPoint => ControlSocket.Bind(endPoint, data)
        );
        await using var app = builder.Build();
        if (arena.Kind == SecretMemoryKind.Locked)
        {
            app.Logger.LogWarning(
                "this kernel has no memfd_secret: shares are in locked memory, which root can read with a "
                    + "debugger or the .NET dump tool (Debian 12: boot with secretmem.enable=1)"
            );
        }

        if (options.Network.Load(data.Path).GenesisValidatorsRoot is null)
        {
            app.Logger.LogWarning(
                "network.genesisValidatorsRoot is not in signer.json: {Root} is taken, to which the ledger was "
                    + "pinned by what it signed first; compare it with the network's and write it there",
                app.Services.GetRequiredService<SlashingProtection>().Chain
            );
        }

        app.Logger.LogInformation(
            "what many keys sign at once is computed by {Engine}",
            app.Services.GetRequiredService<BurstSigner>().Engine
        );
        ForkNotice.Tell(app.Logger, app.Services.GetRequiredService<Network>(), app.Services.GetRequiredService<SlotClock>());
        app.UseRouting();
        app.UseMiddleware<RequestGate>();
        ApiRoutes.Map(app);
        app.Services.GetRequiredService<ControlApi>().Map(app);
        var reloading = app.Services.GetRequiredService<Reloading>();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            reloading.Start();
        });
        using var unreadable = app
            .Services.GetRequiredService<UnreadableHeads>()
            .Watch(app.Services.GetRequiredService<DiagnosticListener>());
        await app.StartAsync(cancellation);
        hasStarted = true;
        try
        {
            await app.WaitForShutdownAsync(cancellation);
        }
        finally
        {
            File.Delete(data.ControlSocket);

            // Last, while the token is still open. Also when a request would not end: it is granted nothing behind the mark.
            await app.Services.GetRequiredService<RollbackProtectionRun>().StopAsync();
        }
    }

    /// <summary>Opens the API with mutual TLS, the loopback listeners that were asked for, and operations.</summary>
    public static void Listen(KestrelServerOptions kestrel, SignerOptions options, MutualTls tls)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Api.MaxBodyBytes;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(options.Api.KeepAliveSeconds);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Listen(IPEndPoint.Parse(options.Api.Listen), listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            tls.Use(listen);
            new Listener(ListenerKind.Api, AsksForCertificate: true).Mark(listen);
        });
        foreach (var (address, client) in options.Api.LoopbackHttp)
        {
            _ = LoopbackListener.TryParse(address, out var endPoint);
            if (endPoint is UnixDomainSocketEndPoint unix)
            {
                SocketFile.RemoveStale(unix.ToString());
            }

            kestrel.Listen(endPoint!, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                new Listener(ListenerKind.Api, new Client(client, null)).Mark(listen);
            });
        }

        kestrel.Listen(IPEndPoint.Parse(options.Operations.Listen), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (options.Operations.Tls)
            {
                tls.Use(listen);
            }

            new Listener(ListenerKind.Operations, AsksForCertificate: options.Operations.Tls).Mark(listen);
        });
    }
}
