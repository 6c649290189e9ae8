using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Host.Running;
using RemoteSigner.Host.Tls;
using RemoteSigner.Native;

namespace RemoteSigner.Host.Http;

/// <summary>
/// Who may bring keys in and take them out, of the clients with a certificate: one whose permissions in signer.json say so, and with the
/// token. Whoever is turned away is in the audit log, within bounds: see <see cref="RefusedClients"/>.
/// </summary>
internal sealed class KeymanagerGate(
    AccessPolicy access,
    DataDirectory data,
    SignerOptions options,
    SecretArena arena,
    RefusedClients refused,
    DutyTally tally
)
{
    private const string Scheme = "Bearer ";
    private const int LongestToken = 1024;

    /// <summary>The client; null when it may not, which was answered then.</summary>
    public async Task<Client?> FindAsync(HttpContext context)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        if (!access.MayManageKeys(client))
        {
            tally.Refused(
                context.TraceIdentifier,
                "the Keymanager API",
                client,
                ReasonCodes.MayNotManageKeys,
                "\"manageKeys\": true is not set for it in signer.json"
            );
            refused.Record(client, context.TraceIdentifier, "may_not_manage_keys: it asked for the Keymanager API without the right");
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status403Forbidden,
                ReasonCodes.MayNotManageKeys,
                "this takes \"manageKeys\": true for the client in signer.json"
            );
            return null;
        }

        if (!KnowsToken(context.Request))
        {
            tally.Refused(
                context.TraceIdentifier,
                "the Keymanager API",
                client,
                ReasonCodes.TokenNotValid,
                "it showed no token that 'remote-signer keymanager token' made"
            );
            refused.Record(client, context.TraceIdentifier, "token_not_valid: it asked for the Keymanager API without the token");
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status401Unauthorized,
                ReasonCodes.TokenNotValid,
                "give the token that 'remote-signer keymanager token' made as Authorization: Bearer"
            );
            return null;
        }

        return client;
    }

    private bool KnowsToken(HttpRequest request)
    {
        var path = data.Resolve(options.Keymanager.TokenFile);
        if (
            !File.Exists(path)
            || request.Headers.Authorization.ToString() is not { Length: > 0 and < LongestToken } header
            || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        )
        {
            return false;
        }

        // Read anew each time: a token that was made void is void at once. Hashes have one length, so that comparing tells nothing of the
        // token's.
        using var token = SecretFile.Read(path, arena, LongestToken);
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(token.Span.TrimEnd("\r\n"u8)),
            SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()))
        );
    }
}
