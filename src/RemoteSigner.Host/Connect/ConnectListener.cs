using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// One address of this machine behind which a signer is, in plain HTTP. It is open only while the signer would do what it is asked for:
/// else a connection is refused, as if no program were there. So whoever looks by connecting, as Charon does before a ceremony, sees the
/// truth.
/// </summary>
internal sealed class ConnectListener(
    EndPoint address,
    SignerLink link,
    SignerProbe probe,
    HostAllowlists hosts,
    TimeProvider time,
    ILoggerFactory logs
) : BackgroundService
{
    // The largest that any signer takes: it has limits of its own, and says so.
    private static readonly long _largestBody = new KeymanagerOptions().MaxBodyBytes;

    private static readonly TimeSpan _whileOpen = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _whileShut = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    // Longer than it takes to find out that the signer's machine is gone, so that a request under way is told.
    private static readonly TimeSpan _maxToFinish = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = logs.CreateLogger<ConnectListener>();
    private readonly Channel<bool> _doubts = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Fails at once where the address cannot be had, and not only when the signer is ready.</summary>
    /// <exception cref="ConfigurationException">It cannot.</exception>
    public static void Try(EndPoint address)
    {
        try
        {
            MakeWay(address);
            using var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
            socket.Listen();
        }
        catch (SocketException exception)
        {
            throw new ConfigurationException(
                $"cannot listen on {address}: {exception.Message}",
                "stop the program that listens there, or name another address of this machine, "
                    + "and a port that this user may open (above 1023 unless root)"
            );
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? told = null;
        for (var wait = _whileShut; ; )
        {
            link.Refresh(_log);
            if (await probe.FirstFailureAsync(stoppingToken) is not { } refusal)
            {
                (refusal, told) = (await ServeAsync(stoppingToken), null);
            }

            if (refusal.Reason != told)
            {
                _log.LogWarning(
                    "not listening on {Address}: {Check}: {Detail}; {Hint}",
                    address,
                    refusal.Name,
                    refusal.Detail,
                    refusal.Hint
                );
            }

            // Each refusal that the signer writes down costs it an entry.
            wait =
                refusal.Reason != told || !refusal.IsOnRecord ? _whileShut : TimeSpan.FromTicks(Math.Min(2 * wait.Ticks, _longest.Ticks));
            told = refusal.Reason;
            await Task.Delay(wait, time, stoppingToken);
        }
    }

    /// <summary>Listens until the signer is not ready any more; why.</summary>
    private async Task<SignerCheck> ServeAsync(CancellationToken stopping)
    {
        using var server = NewServer();
        try
        {
            MakeWay(address);
            await server.StartAsync(new Forwarding(link, hosts, Doubt, _log), stopping);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ConfigurationException)
        {
            return SignerCheck.Fail("listen", CheckReasons.AddressInUse, exception.Message, "stop the program that took the address");
        }

        _log.LogInformation("listening on {Address} as '{Client}' for {Signer}", address, link.ClientName, link.Signer);
        try
        {
            while (true)
            {
                await WaitAsync(stopping);
                link.Refresh(_log);

                // Asked twice: one answer that is late, or that nobody gave because the machine was busy, is no reason to refuse duties.
                if (await probe.FirstFailureAsync(stopping) is not null && await probe.FirstFailureAsync(stopping) is { } refusal)
                {
                    return refusal;
                }
            }
        }
        finally
        {
            // The address is free at once; what is under way gets a while.
            using var timeout = new CancellationTokenSource(_maxToFinish, time);
            await server.StopAsync(timeout.Token);
        }
    }

    // Until it is time to ask again, or a request found the signer gone.
    private async Task WaitAsync(CancellationToken stopping)
    {
        try
        {
            await _doubts.Reader.ReadAsync(stopping).AsTask().WaitAsync(_whileOpen, time, stopping);
        }
        catch (TimeoutException)
        {
            // Nobody doubts; ask nevertheless.
        }
    }

    private void Doubt(string reason)
    {
        _log.LogWarning("a request did not get through to {Signer}: {Reason}", link.Signer, reason);
        _doubts.Writer.TryWrite(true);
    }

    private static void MakeWay(EndPoint address)
    {
        if (address is UnixDomainSocketEndPoint unix)
        {
            SocketFile.RemoveStale(unix.ToString());
        }
    }

    private KestrelServer NewServer()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = _largestBody;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        options.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        return new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), logs),
            logs
        );
    }
}
