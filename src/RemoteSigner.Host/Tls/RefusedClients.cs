using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Polly;
using RemoteSigner.Access;
using RemoteSigner.Audit;

namespace RemoteSigner.Host.Tls;

/// <summary>
/// Writes connections that were refused in the handshake, and clients that were refused key management, to the log and the audit log.
/// Anybody who reaches the port can cause them, so they are written apart from what was asked, at most <see cref="PerMinute"/> a minute one
/// by one and the rest as a count: strangers cannot fill the disk. Of each kind there are fewer still, and the log has the first of it in
/// full: whoever mends one cause sees the next, however often the first one knocks.
/// </summary>
internal sealed class RefusedClients(AuditLog audit, TimeProvider time, ILogger<RefusedClients> log) : BackgroundService
{
    public const int PerMinute = 30;

    private const int PerKind = 10;
    private const int MaxKinds = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, string? Fingerprint, string Reason), int> _kinds = [];
    private long _since = time.GetTimestamp();

    private readonly Channel<Refusal> _waiting = Channel.CreateBounded<Refusal>(PerMinute);
    private readonly ResiliencePipeline _retries = RetryPolicies.ForLedger(time, (fault, delay) =>
        log.LogError("cannot record a refused client: {Fault}; trying again in {Seconds:F0} s", fault.Message, delay.TotalSeconds)
    );

    private int _suppressed;

    public void Record(X509Certificate2? certificate, EndPoint? peer, string reason)
    {
        var name = PeerText.Shown(certificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false) ?? "", 64);
        var refusal = new Refusal(name, certificate is null ? null : ClientTrust.Fingerprint(certificate), $"{peer}: {reason}");
        var count = Count((refusal.Name, refusal.Fingerprint, reason));
        if (count == 1)
        {
            log.LogWarning("refused {Who} at {Peer}: {Reason}", Who(refusal), peer, reason);
        }

        Put(refusal, count);
    }

    /// <summary>The same of a client that is known and was refused what it asked for; the log has it under its request.</summary>
    public void Record(Client client, string requestId, string reason) =>
        Put(
            new Refusal(client.Name, client.CertificateFingerprint, reason, requestId),
            Count((client.Name, client.CertificateFingerprint, reason))
        );

    private static string Who(Refusal refusal) =>
        refusal.Fingerprint is null ? "a client without a certificate"
        : refusal.Name.Length == 0 ? $"a client whose certificate names nobody ({refusal.Fingerprint})"
        : $"the client '{refusal.Name}' ({refusal.Fingerprint})";

    // How many of its kind there were in this minute.
    private int Count((string Name, string? Fingerprint, string Reason) kind)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_since) > TimeSpan.FromMinutes(1))
            {
                _kinds.Clear();
                _since = time.GetTimestamp();
            }

            var count = _kinds.GetValueOrDefault(kind) + 1;
            if (count == 1 && _kinds.Count == MaxKinds)
            {
                return int.MaxValue;
            }

            return _kinds[kind] = count;
        }
    }

    private void Put(Refusal refusal, int countOfKind)
    {
        if (countOfKind > PerKind || !_waiting.Writer.TryWrite(refusal))
        {
            Interlocked.Increment(ref _suppressed);
        }
    }

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
                log.LogWarning("{Count} more clients or connections were refused in the last minute", more);
                await WriteAsync(new Refusal("", null, $"{more} more were refused in the last minute"), stoppingToken);
            }
        }
    }

    private async Task WriteAsync(Refusal refusal, CancellationToken stopping)
    {
        await _retries.ExecuteAsync(
            async _ =>
                await audit.RecordAsync(
                    new AuditEntry
                    {
                        Action = AuditActions.ClientRefused,
                        Decision = AuditDecision.Refused,
                        Client = refusal.Name,
                        ClientFingerprint = refusal.Fingerprint,
                        RequestId = refusal.RequestId,
                        Detail = refusal.Detail,
                    }
                ),
            stopping
        );
    }

    private sealed record Refusal(string Name, string? Fingerprint, string Detail, string? RequestId = null);
}
