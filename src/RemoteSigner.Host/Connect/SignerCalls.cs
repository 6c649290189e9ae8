using System.Net;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using RemoteSigner.Host.Http;

namespace RemoteSigner.Host.Connect;

/// <summary>One question to a signer, and what a refusal or no answer at all says to a person.</summary>
internal sealed class SignerCalls(SignerLink link)
{
    private const int LongestAnswer = 16 << 20;

    /// <summary>Asks, and reads the whole answer.</summary>
    public async Task<(HttpStatusCode Status, byte[] Body)> AskAsync(
        HttpMethod method,
        string target,
        string? token,
        ReadOnlyMemory<byte>? json,
        CancellationToken cancellation
    )
    {
        using var request = link.Ask(method, target);
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        if (json is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new("application/json") } };
        }

        using var answer = await link.SendAsync(request, cancellation);
        await answer.Content.LoadIntoBufferAsync(LongestAnswer, cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>
    /// What an answer that is no success says. What our signer answers has a reason; another program at this address may answer anything.
    /// </summary>
    public static SignerCheck Refused(string name, HttpStatusCode status, byte[] body)
    {
        ErrorBody? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, WireContext.Default.ErrorBody);
        }
        catch (JsonException)
        {
            // Told below as what it is.
        }

        var reason = error?.Reason ?? CheckReasons.UnexpectedAnswer;
        var beginning = Encoding.ASCII.GetString(body.AsSpan(0, Math.Min(body.Length, 60))).ReplaceLineEndings(" ");
        var detail = $"the signer answers {(int)status}: {error?.Detail ?? error?.Message ?? $"'{beginning}'"}";
        return SignerCheck.Fail(
            name,
            reason,
            detail,
            reason switch
            {
                ReasonCodes.HostNotAuthorized => "add the host's name to api.hostAllowlist in the signer's signer.json, and reload",
                ReasonCodes.ClientNotNamed =>
                    "name the client, its keys and duties under \"clients\" in the signer's signer.json, and reload",
                ReasonCodes.NoDuties =>
                    "give the client duties under \"clients\" in the signer's signer.json, such as \"everyday\", and reload",
                ReasonCodes.ClientNotTrusted => "have a new certificate issued at the signer",
                ReasonCodes.MayNotManageKeys => "set \"manageKeys\": true for this client in the signer's signer.json, and reload",
                ReasonCodes.TokenNotValid =>
                    "copy the signer's keymanager.token anew ('remote-signer keymanager token' makes one), and name it with --token-file",
                ReasonCodes.KeysLoading => "wait until the signer has opened its keys: its /healthcheck says what keeps it",
                ReasonCodes.UnknownKey =>
                    "is the share open there and bound to its lock, and does \"clients\" in its signer.json give this client "
                        + "the duty? 'remote-signer policy explain CLIENT KEY DUTY' says so at the signer",
                CheckReasons.UnexpectedAnswer => "is this the address and port of a signer's API?",
                _ => "the signer's /healthcheck and log say more",
            }
        );
    }

    /// <summary>What a connection that failed says.</summary>
    public SignerCheck Lost(Exception exception)
    {
        var message =
            exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
                ? $"{exception.Message} ({inner.Message})"
                : exception.Message;
        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError } =>
                Unreachable(message),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } when link.AnswersWithoutTls =>
                SignerCheck.Fail(
                    "server",
                    CheckReasons.WithoutTls,
                    $"{link.Signer} answers without TLS",
                    "name the port of the signer's API (api.listen): its operations port and its loopback listeners are plain HTTP"
                ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                when link.ServerFaults.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => SignerCheck.Fail(
                "server",
                CheckReasons.ServerName,
                $"the server's certificate is not for {link.Signer.IdnHost}",
                "use a name that is in the certificate, or have one issued for this name at the signer (--host)"
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                when link.ServerFaults != SslPolicyErrors.None => SignerCheck.Fail(
                "server",
                CheckReasons.ServerNotTrusted,
                $"the server's certificate is of another authority, or out of date ({link.ServerFaults})",
                "name the signer's tls/ca.crt with --ca"
            ),

            // In TLS 1.3 a client hears that it was refused when its own part of the handshake is over.
            _ => SignerCheck.Fail(
                "client",
                CheckReasons.CertificateRefused,
                $"the signer ended the connection: {message}",
                "is the certificate one of its clients, in date and not revoked? Its log says why it refused"
            ) with
            {
                IsOnRecord = true,
            },
        };
    }

    /// <summary>The signer gave no answer.</summary>
    public SignerCheck Unreachable(string detail) =>
        SignerCheck.Fail(
            "reach",
            CheckReasons.Unreachable,
            $"{link.Signer} cannot be reached: {detail}",
            "is the signer running, its api.listen an address that this machine reaches, and the packet filter open?"
        );
}
