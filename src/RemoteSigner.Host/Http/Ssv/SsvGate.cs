using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Running;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>Who may use which endpoint of ssv-signer, and for which keys: signer.json says it of clients with a certificate.</summary>
internal sealed class SsvGate(AccessPolicy access, DutyTally tally)
{
    /// <summary>The client; null when it may not, which was answered then.</summary>
    public async Task<Client?> FindAsync(HttpContext context, SsvRight right)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        if (access.Allows(client, right))
        {
            return client;
        }

        tally.Refused(
            context.TraceIdentifier,
            $"SSV's endpoint '{right.Name()}'",
            client,
            ReasonCodes.SsvNotAllowed,
            "\"ssv\" does not name it for this client in signer.json"
        );
        await ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status403Forbidden,
            ReasonCodes.SsvNotAllowed,
            $"this takes \"ssv\": [\"{right.Name()}\"] for the client in signer.json"
        );
        return null;
    }

    /// <summary>May the client use all of these keys?</summary>
    public bool Allows(Client client, IEnumerable<BlsPublicKey> keys) => keys.All(key => access.Allows(client, key));
}
