using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Polly;
using RemoteSigner.Access;
using RemoteSigner.Audit;

namespace RemoteSigner.Host.Tls;

/// <summary>
/// Writes connections that were refused in the handshake, and clients that were refused key management, to the log and the audit log. Anybody who reaches the port can cause them, so they
/// are written apart from what was asked, at most <see cref="PerMinute"/> a minute one by one and the rest as a count: strangers cannot fill the disk.
/// </summary>
internal sealed class RefusedClients(AuditLog audit, TimeProvider time, ILogger<RefusedClients> log) : BackgroundService
{
    public const int PerMinute = 30;

    private readonly Channel<Refusal> _waiting = Channel.CreateBounded<Refusal>(PerMinute);
    private readonly ResiliencePipeline _patience = Patience.ForLedger(
        time, (fault, delay) => log.LogError("cannot record a refused client: {Fault}; trying again in {Seconds:F0} s", fault.Message, delay.TotalSeconds));

    private int _suppressed;

    public void Record(X509Certificate2? certificate, EndPoint? peer, string reason)
    {
        var refusal = new Refusal(
            Printable(certificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false) ?? ""),
            certificate is null ? null : ClientTrust.Fingerprint(certificate),
            $"{peer}: {reason}");
        Put(refusal);
    }

    /// <summary>The same of a client that is known and was refused what it asked for.</summary>
    public void Record(Client client, string requestId, string reason) => Put(new Refusal(client.Name, client.CertificateFingerprint, reason, requestId));

    private void Put(Refusal refusal)
    {
        if (!_waiting.Writer.TryWrite(refusal))
        {
            Interlocked.Increment(ref _suppressed);
        }
    }

    // A stranger chooses this text: it may be long, and may hold what a terminal obeys.
    private static string Printable(string name) =>
        string.Concat(name.Take(64).Select(character => char.IsControl(character) ? '\uFFFD' : character));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var windowStart = time.GetTimestamp();
        var written = 0;
        await foreach (var refusal in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            await WriteAsync(refusal, stoppingToken);
            if (++written == PerMinute)
            {
                var rest = TimeSpan.FromMinutes(1) - time.GetElapsedTime(windowStart);
                await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, stoppingToken);
                (written, windowStart) = (0, time.GetTimestamp());
            }

            if (Interlocked.Exchange(ref _suppressed, 0) is > 0 and var more)
            {
                await WriteAsync(new Refusal("", null, $"{more} more were refused in the last minute"), stoppingToken);
            }
        }
    }

    private async Task WriteAsync(Refusal refusal, CancellationToken stopping)
    {
        // What a known client was refused is in the log already, under its request.
        if (refusal.RequestId is null)
        {
            log.LogWarning("refused a client '{Name}' {Fingerprint}: {Detail}", refusal.Name, refusal.Fingerprint, refusal.Detail);
        }

        await _patience.ExecuteAsync(
            async _ => await audit.RecordAsync(new AuditEntry
            {
                Action = "client.refused",
                Decision = AuditDecision.Refused,
                Client = refusal.Name,
                ClientFingerprint = refusal.Fingerprint,
                RequestId = refusal.RequestId,
                Detail = refusal.Detail,
            }),
            stopping);
    }

    private sealed record Refusal(string Name, string? Fingerprint, string Detail, string? RequestId = null);
}
