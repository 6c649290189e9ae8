using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RemoteSigner.Access;
using RemoteSigner.Freshness;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http.Dv;
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
    // A duty takes milliseconds. The server times bodies no longer once it stops, and while one that never ends is waited for, nobody signs.
    private static readonly TimeSpan _mostToFinish = TimeSpan.FromSeconds(5);

    /// <summary>Serves until it is told to stop. The port is bound before the keys are opened, so that health can say how far that is.</summary>
    public static async Task RunAsync(DataDirectory data, SignerOptions options, CancellationToken cancellation)
    {
        using var arena = new SecretArena();
        Bls.SelfTest(arena);
        await using var ledger = Ledger.Open(data.LedgerFile);
        await ledger.KeepReserveAsync();
        if (data.ControlEndPoint is not null)
        {
            SocketFile.RemoveStale(data.ControlSocket);
        }


        // Empty: signer.json is the only configuration. The usual builder would also listen to ASPNETCORE_* variables, and watch the content
        // root for changes, which the ledger makes with every commit.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = data.Path });
        var hasStarted = false;
        SignerLogging.Configure(builder.Logging, options.Log, () => hasStarted);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = _mostToFinish);
        await SignerServices.AddAsync(builder.Services, data, options, ledger, arena);
        builder.WebHost.ConfigureKestrel((_, kestrel) => Listen(kestrel, options, kestrel.ApplicationServices.GetRequiredService<MutualTls>()));
        builder.WebHost.ConfigureKestrel((_, kestrel) => ControlSocket.Listen(kestrel, data, kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ControlSocket))));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endPoint => ControlSocket.Bind(endPoint, data));
        await using var app = builder.Build();
        if (arena.Kind == SecretMemoryKind.Locked)
        {
            app.Logger.LogWarning("this kernel has no memfd_secret: shares are in locked memory, which root can read with a debugger or the .NET dump tool (Debian 12: boot with secretmem.enable=1)");
        }

        if (options.Network.Load(data.Path).GenesisValidatorsRoot is null)
        {
            app.Logger.LogWarning(
                "network.genesisValidatorsRoot is not in signer.json: {Root} is taken, to which the ledger was pinned by what it signed first; compare it with the network's and write it there",
                app.Services.GetRequiredService<SlashingProtection>().Chain);
        }

        ForkNotice.Tell(app.Logger, app.Services.GetRequiredService<Network>(), app.Services.GetRequiredService<SlotClock>());
        app.UseRouting();
        app.UseMiddleware<RequestGate>();
        Map(app);
        app.Services.GetRequiredService<ControlApi>().Map(app);
        var reloading = app.Services.GetRequiredService<Reloading>();
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            reloading.Start();
        });
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
            await app.Services.GetRequiredService<FreshnessRun>().StopAsync();
        }
    }

    /// <summary>Opens the API with mutual TLS, the loopback doors that were asked for, and operations.</summary>
    public static void Listen(KestrelServerOptions kestrel, SignerOptions options, MutualTls tls)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Api.MaxBodyBytes;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(options.Api.KeepAliveSeconds);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Listen(IPEndPoint.Parse(options.Api.Listen), listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(tls.HandshakeOptions);
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
                listen.UseHttps(tls.HandshakeOptions);
            }

            new Listener(ListenerKind.Operations, AsksForCertificate: options.Operations.Tls).Mark(listen);
        });
    }

    /// <summary>Every endpoint with the door it stands behind.</summary>
    public static void Map(WebApplication app)
    {
        var api = new DoorAttribute(ListenerKind.Api);
        var both = new DoorAttribute(ListenerKind.Api, ListenerKind.Operations);
        var operations = new DoorAttribute(ListenerKind.Operations);
        var signing = app.Services.GetRequiredService<SigningApi>();
        var management = app.Services.GetRequiredService<ManagementApi>();
        var health = app.Services.GetRequiredService<HealthApi>();
        var metrics = app.Services.GetRequiredService<SignerMetrics>();
        app.MapPost("/api/v1/eth2/sign/{identifier}", (RequestDelegate)signing.SignAsync).WithMetadata(api);
        app.MapPost("/api/v1/eth2/sign", (RequestDelegate)app.Services.GetRequiredService<BatchApi>().SignAsync).WithMetadata(api);
        app.MapGet("/api/v1/eth2/publicKeys", (RequestDelegate)management.PublicKeysAsync).WithMetadata(api);
        app.MapGet("/api/v1/eth2/highWatermark", (RequestDelegate)management.HighWatermarkAsync).WithMetadata(api);
        DvRoutes.Map(app, api);
        var keymanager = app.Services.GetRequiredService<KeymanagerApi>();
        app.MapGet("/eth/v1/keystores", (RequestDelegate)keymanager.ListAsync).WithMetadata(api);
        app.MapPost("/eth/v1/keystores", (RequestDelegate)keymanager.ImportAsync).WithMetadata(api);
        app.MapDelete("/eth/v1/keystores", (RequestDelegate)keymanager.DeleteAsync).WithMetadata(api);
        app.MapGet("/eth/v1/remotekeys", (RequestDelegate)keymanager.ListRemoteAsync).WithMetadata(api);
        app.MapMethods("/eth/v1/remotekeys", ["POST", "DELETE"], (RequestDelegate)keymanager.RefuseRemoteAsync).WithMetadata(api);
        app.MapPost("/reload", (RequestDelegate)management.StartReloadAsync).WithMetadata(api);
        app.MapGet("/reload", (RequestDelegate)management.ReloadStateAsync).WithMetadata(both);
        app.MapGet("/upcheck", (RequestDelegate)ManagementApi.UpcheckAsync).WithMetadata(both);
        app.MapGet("/healthcheck", (RequestDelegate)health.CheckAsync).WithMetadata(both);
        var attestation = app.Services.GetRequiredService<AttestationApi>();
        app.MapGet("/attestation", (RequestDelegate)attestation.AttestAsync).WithMetadata(both);
        app.MapPost("/attestation/credential", (RequestDelegate)attestation.AnswerAsync).WithMetadata(both);
        var ssv = app.Services.GetRequiredService<SsvApi>();
        app.MapGet("/v1/validators", (RequestDelegate)ssv.ListAsync).WithMetadata(api);
        app.MapPost("/v1/validators", (RequestDelegate)ssv.ImportAsync).WithMetadata(api);
        app.MapDelete("/v1/validators", (RequestDelegate)ssv.DeleteAsync).WithMetadata(api);
        app.MapPost("/v1/validators/sign/{identifier}", (RequestDelegate)ssv.SignAsync).WithMetadata(api);
        app.MapGet("/v1/operator/identity", (RequestDelegate)ssv.IdentityAsync).WithMetadata(api);
        app.MapPost("/v1/operator/sign", (RequestDelegate)ssv.SpeakAsync).WithMetadata(api);
        app.MapGet("/metrics", (RequestDelegate)(async context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await metrics.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        })).WithMetadata(operations);
    }
}
