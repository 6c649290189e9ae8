using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Requests that the web server refuses by itself, because their head cannot be read or can be read in two ways: they never come as far as
/// <see cref="RequestGate"/>. Each is counted like those that do, and is a line for who looks for it. Of the answer nothing is ours to
/// choose: it has the status and no body.
/// </summary>
internal sealed class UnreadableHeads(SignerMetrics metrics, DutyTally tally, ILogger<UnreadableHeads> log)
    : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private const string ThisMachine = "a socket of this machine";

    /// <summary>Listens to the web server until the result is disposed of.</summary>
    public IDisposable Watch(DiagnosticListener server) => server.Subscribe(this, name => name == BadRequest);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // Where an answer is out already, what is left of a body could not be read: the gate has counted the request.
        if (
            value.Key != BadRequest
            || value.Value is not IFeatureCollection features
            || features.Get<IBadRequestExceptionFeature>()?.Error is not { } fault
            || features.Get<IHttpResponseFeature>()?.HasStarted == true
        )
        {
            return;
        }

        const string Reason = ReasonCodes.BadRequest;
        var (connection, detail) = (features.Get<IHttpConnectionFeature>(), PeerText.Shown(fault.Message));
        metrics.Turned(Reason);
        tally.Refused(
            features.Get<IHttpRequestIdentifierFeature>()?.TraceIdentifier ?? "",
            $"a head that cannot be read, of {connection?.RemoteIpAddress?.ToString() ?? ThisMachine}",
            KnownClient(features),
            Reason,
            detail,
            isApart: true
        );
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.LogDebug(
                "a request of {Peer} cannot be read: {Reason}",
                connection is { RemoteIpAddress: { } address } ? new IPEndPoint(address, connection.RemotePort) : ThisMachine,
                detail
            );
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

    // Of an earlier request on the same connection: nobody looks at the certificate of one that is none.
    private static Client? KnownClient(IFeatureCollection features) =>
        features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(ConnectionPeer), out var peer) == true
            ? ((ConnectionPeer)peer!).Known?.Client
            : null;
}
