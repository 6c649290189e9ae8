using RemoteSigner.Access;
using RemoteSigner.Audit;

namespace RemoteSigner.Administration;

/// <summary>Who changes the signer; a closed choice.</summary>
public abstract record Actor
{
    private Actor() { }

    /// <summary>What an audit entry of his begins with.</summary>
    public AuditEntry Entry(string action, AuditDecision decision = AuditDecision.Event) =>
        this switch
        {
            OfClient(var client, var request) => new AuditEntry
            {
                Action = action,
                Decision = decision,
                Client = client.Name,
                ClientFingerprint = client.CertificateFingerprint,
                RequestId = request,
            },
            LocalUser(var name) => new AuditEntry
            {
                Action = action,
                Decision = decision,
                User = name,
            },
            Itself => new AuditEntry { Action = action, Decision = decision },
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A client, by its certificate, in one request.</summary>
    public sealed record OfClient(Client Client, string RequestId) : Actor;

    /// <summary>Somebody on this machine who may write the data directory, by his user name.</summary>
    public sealed record LocalUser(string Name) : Actor;

    /// <summary>The signer, by the clock or because it starts and stops.</summary>
    public sealed record Itself : Actor;
}
