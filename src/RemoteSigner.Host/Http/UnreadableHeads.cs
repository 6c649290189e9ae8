using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Host.Http;

/// <summary>Requests that the web server refuses by itself, because their head cannot be read or can be read in two ways: they never come as far as <see cref="RequestGate"/>. Each is counted, and is a line for who looks for it.</summary>
internal sealed class UnreadableHeads(SignerMetrics metrics, ILogger<UnreadableHeads> log) : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Listens to the web server until the result is disposed of.</summary>
    public IDisposable Watch(DiagnosticListener server) => server.Subscribe(this, name => name == BadRequest);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // Where an answer is out already, what is left of a body could not be read: the gate has counted the request.
        if (value.Key != BadRequest || value.Value is not IFeatureCollection features || features.Get<IBadRequestExceptionFeature>()?.Error is not { } fault || features.Get<IHttpResponseFeature>()?.HasStarted == true)
        {
            return;
        }

        metrics.Turned("bad_request");
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.LogDebug("a request of {Peer} cannot be read: {Reason}", features.Get<IHttpConnectionFeature>() is { RemoteIpAddress: { } address } connection ? new IPEndPoint(address, connection.RemotePort) : "a socket of this machine", PeerText.Shown(fault.Message));
        }
    }

    public void OnCompleted()
    {
        // The web server is gone, and nothing is kept.
    }

    public void OnError(Exception error)
    {
        // It has none of its own.
    }
}
