using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Prometheus;
using RemoteSigner.Host.Tls;

namespace RemoteSigner.Host.Running;

/// <summary>
/// What health, metrics and log say about the end of certificates and revocation lists. A month ahead they warn. Never down: duties of
/// those who still let themselves be served go on, be it through a loopback listener, and a list that is out of date still revokes.
/// </summary>
internal sealed class CertificateHealth
{
    /// <summary>How long before its end a certificate is warned of.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    private const string Server = "server";
    private const string RevocationList = "revocation_list";

    private readonly TlsStore _tls;
    private readonly MutualTls _clients;
    private readonly TimeProvider _time;

    public CertificateHealth(TlsStore tls, MutualTls clients, SignerMetrics metrics, TimeProvider time)
    {
        (_tls, _clients, _time) = (tls, clients, time);
        var factory = Metrics.WithCustomRegistry(metrics.Registry);
        var ends = MetricTable.TlsNotAfterTimestampSeconds.Gauge(factory);
        metrics.Registry.AddBeforeCollectCallback(() =>
        {
            var now = Read();
            foreach (
                var gone in ends.GetAllLabelValues()
                    .Where(labels => !now.Any(end => labels[0] == end.What && labels[1] == end.Client))
                    .ToList()
            )
            {
                ends.RemoveLabelled(gone);
            }

            foreach (var end in now)
            {
                ends.WithLabels(end.What, end.Client).Set(end.Until.ToUnixTimeSeconds());
            }
        });
    }

    public HealthReport.Check Check()
    {
        var (ends, now) = (Read(), _time.GetUtcNow());
        return HealthReport.Check.Of(
            "tls-check",
            // A client that is gone, or an authority that nobody needs any more, is no fault of this signer.
            ends.Any(end => end.Until < now && end.What is (Server or RevocationList))
                ? HealthReport.Degraded
                : HealthReport.Up,
            Tell(ends, now) is { } findings
                ? new HealthReport.CheckFigures(State: ends.Any(end => end.Until < now) ? "out_of_date" : "ends_soon", Detail: findings)
                : new HealthReport.CheckFigures(
                    State: "ok",
                    Detail: string.Create(CultureInfo.InvariantCulture, $"the server certificate is good until {ends[0].Until:u}")
                )
        );
    }

    /// <summary>What is out of date or will be within a month, in words; null where nothing is.</summary>
    public string? Tell() => Tell(Read(), _time.GetUtcNow());

    private static string? Tell(IReadOnlyList<End> ends, DateTimeOffset now)
    {
        List<string> findings =
        [
            .. ends.Where(end => end.Until < now + Ahead)
                .OrderBy(end => end.Until)
                .Select(end =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{end.Name} {(end.Until < now ? "is out of date since" : "is good only until")} {end.Until:u}: {end.Remedy}"
                    )
                ),
        ];
        return findings.Count == 0 ? null : string.Join("; ", findings);
    }

    // The server's is the first.
    private List<End> Read()
    {
        var material = _tls.Current;
        List<End> ends =
        [
            new(
                Server,
                "",
                "the server certificate",
                EndOf(material.ServerCertificate.TargetCertificate),
                "'remote-signer tls renew' makes it anew, where this signer's authority has issued it"
            ),
        ];
        var now = _time.GetUtcNow();
        if (
            (material.Trust.Authorities.Where(one => EndOf(one) > now).MinBy(EndOf) ?? material.Trust.Authorities.MaxBy(EndOf)) is
            { } authority
        )
        {
            ends.Add(
                new(
                    "authority",
                    "",
                    $"the client authority {authority.Subject}",
                    EndOf(authority),
                    "give clients certificates of another one, and name that in tls.clientAuthorities"
                )
            );
        }

        if (material.Trust.NextRevocationUpdate is { } list)
        {
            ends.Add(
                new(
                    RevocationList,
                    "",
                    "the revocation list, which is still applied,",
                    list,
                    "put a newer one in its place and reload; 'remote-signer tls renew' and "
                        + "'tls revoke' sign that of this signer's authority anew"
                )
            );
        }

        ends.AddRange(
            _clients.Seen.Select(seen => new End(
                "client",
                seen.Client,
                $"the certificate with which the client '{seen.Client}' came last",
                seen.Until,
                $"'remote-signer tls renew {seen.Client}' makes another, where this signer's authority has issued it"
            ))
        );
        return ends;
    }

    private static DateTimeOffset EndOf(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private sealed record End(string What, string Client, string Name, DateTimeOffset Until, string Remedy);
}
