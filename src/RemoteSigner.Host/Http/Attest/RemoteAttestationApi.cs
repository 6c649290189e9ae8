using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Audit;
using RemoteSigner.Host.Running;
using RemoteSigner.RemoteAttestation;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http;

/// <summary>
/// <c>GET /attestation?nonce=HEX</c> and <c>POST /attestation/credential</c>: for clients that signer.json names and that showed a
/// certificate. What is asked is in the audit log before the TPM is.
/// </summary>
internal sealed class RemoteAttestationApi(
    AttestingTpm tpm,
    RemoteAttestationClaims claims,
    RemoteAttestationPace pace,
    RollbackProtectionRun rollbackProtection,
    AccessPolicy access,
    AuditLog audit,
    DutyTally tally
)
{
    private const int MaxChallengeBytes = 16 * 1024;

    public async Task AttestAsync(HttpContext context)
    {
        if (await RefuseAsync(context))
        {
            return;
        }

        if (context.Request.Query["nonce"] is not [{ } text] || !Hex.TryParse(text, out byte[]? nonce) || nonce.Length is < 16 or > 64)
        {
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                ReasonCodes.NonceMalformed,
                "give ?nonce= with 16 to 64 random bytes in hex, other ones each time"
            );
            return;
        }

        if (rollbackProtection.Vault is not { } vault)
        {
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                ReasonCodes.KeysLoading,
                "the keys are being opened; see /healthcheck"
            );
            return;
        }

        await InTurnAsync(context, AuditActions.Attestation, $"nonce {Hex.Format(nonce)}", async () =>
            RemoteAttestationDocuments.Write(
                await tpm.AttestAsync(vault.FenceInTpm, await claims.CollectAsync(vault), nonce, context.RequestAborted)
            )
        );
    }

    public async Task AnswerAsync(HttpContext context)
    {
        if (await RefuseAsync(context))
        {
            return;
        }

        var body = await BodyPipe.ReadWholeAsync(context, MaxChallengeBytes);
        CredentialChallenge challenge;
        try
        {
            challenge = RemoteAttestationDocuments.ReadChallenge(body.ToArray());
        }
        catch (RemoteAttestationException exception)
        {
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                ReasonCodes.ChallengeMalformed,
                PeerText.Shown(exception.Message)
            );
            return;
        }

        await InTurnAsync(
            context,
            AuditActions.AttestationCredential,
            $"for the attestation key {Convert.ToHexStringLower(challenge.AttestationKeyName)}",
            async () => RemoteAttestationDocuments.Write(await tpm.AnswerAsync(challenge, context.RequestAborted))
        );
    }

    private async Task<bool> RefuseAsync(HttpContext context)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        if (access.Knows(client))
        {
            return false;
        }

        await ApiResponse.ErrorAsync(
            context,
            StatusCodes.Status403Forbidden,
            ReasonCodes.ClientNotNamed,
            $"the client '{client.Name}' is not one of the clients in signer.json"
        );
        return true;
    }

    private async Task InTurnAsync(HttpContext context, string action, string detail, Func<Task<byte[]>> ask)
    {
        using var turn = pace.TryBegin();
        if (turn is null)
        {
            context.Response.Headers.RetryAfter = ((int)RemoteAttestationPace.Pause.TotalSeconds).ToString();
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status429TooManyRequests,
                ReasonCodes.OneAtATime,
                "the TPM is slow and signing may need it: ask again in a few seconds"
            );
            return;
        }

        await RecordAsync(context, action, detail);
        try
        {
            await ApiResponse.DocumentAsync(context, await ask());
        }
        catch (RemoteAttestationException exception)
        {
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status400BadRequest,
                ReasonCodes.ChallengeOfAnotherTpm,
                $"{PeerText.Shown(exception.Message)}; {exception.Hint}"
            );
        }
        catch (SealingTpmException exception)
        {
            tally.Refused(
                context.TraceIdentifier,
                action,
                context.Features.Get<Client>(),
                $"tpm_{exception.Fault.Code()}",
                exception.Message
            );
            await ApiResponse.ErrorAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                $"tpm_{exception.Fault.Code()}",
                $"{exception.Message}; {exception.Hint}"
            );
        }
    }

    private async Task RecordAsync(HttpContext context, string action, string detail)
    {
        var client = context.Features.GetRequiredFeature<Client>();
        await audit.RecordAsync(
            new AuditEntry
            {
                Action = action,
                Decision = AuditDecision.Event,
                RequestId = context.TraceIdentifier,
                Client = client.Name,
                ClientFingerprint = client.CertificateFingerprint,
                Detail = detail,
            }
        );
    }
}
