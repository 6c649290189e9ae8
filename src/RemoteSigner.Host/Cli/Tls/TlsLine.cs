using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Access;
using RemoteSigner.Host.Tls;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>A certificate as <c>tls list</c> prints it. The serial number and the SHA-256 fingerprint are hexadecimal.</summary>
/// <param name="Kind"><c>authority</c>, <c>server</c>, <c>client</c> or <c>list</c>, which is the revocation list and has no
/// fingerprint.</param>
internal sealed record TlsLine(
    string Kind,
    string Name,
    string? Serial,
    string? Fingerprint,
    DateTimeOffset Until,
    bool Revoked,
    IReadOnlyList<string> Hosts
)
{
    public static TlsLine Of(string kind, X509Certificate2 certificate, bool isRevoked = false) =>
        new(
            kind,
            CertificateRegister.NameOf(certificate),
            certificate.SerialNumber,
            ClientTrust.Fingerprint(certificate),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
            isRevoked,
            [.. CertificateRegister.HostsOf(certificate)]
        );

    public static Table Rows(IEnumerable<TlsLine> lines, DateTimeOffset now) =>
        Output.Rows(lines, ["kind", "name", "until", "serial", "fingerprint"], line =>
            [
                line.Kind,
                line.Hosts.Count == 0 ? line.Name : $"{line.Name} ({string.Join(", ", line.Hosts)})",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.Until:yyyy-MM-dd HH:mm}{(line.Revoked ? " REVOKED" : line.Until < now ? " EXPIRED" : "")}"
                ),
                line.Serial,
                line.Fingerprint,
            ]
        );
}
