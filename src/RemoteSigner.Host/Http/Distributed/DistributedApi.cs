using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using RemoteSigner.Access;
using RemoteSigner.Keys;
using RemoteSigner.Signing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Http.Distributed;

/// <summary>
/// The distributed profile of the remote signing API (open proposal, remote-signing-api PR #29): validators by their own public key, and
/// this participant's part of their signatures. The same signer, permissions and refusals as at every other door. Its answers tell where
/// other signers are and are meant for a coordinator, so that it takes a certificate.
/// </summary>
internal sealed class DistributedApi(
    SignRecorder recorder,
    LargeEnvelopes bodies,
    BatchSigning batches,
    ThresholdAccounts accounts,
    KeyRing keys,
    AccessPolicy access
)
{
    private static MalformedRequest NoKey { get; } =
        new(MalformedRequest.MalformedMember, "the path must name a validator's public key of 48 bytes in hex");

    /// <summary>The accounts that this client may use and whose participants are configured, in the order of their public keys.</summary>
    public Task ListAsync(HttpContext context)
    {
        var client = ClientOf(context);
        NoKeysToListException.RequireDuties(access, client);
        return keys.AreOpen
            ? WriteAsync(
                context,
                [.. accounts.List(share => access.Allows(client, share.PublicKey)).Select(View)],
                DistributedContext.Default.IReadOnlyListAccount
            )
            : ApiResponse.KeysLoadingAsync(context);
    }

    /// <summary>One account. Where the client may use it and it cannot be told of, the refusal says why.</summary>
    public Task FindAsync(HttpContext context)
    {
        if (!BlsPublicKey.TryParse(Identifier(context), out var composite))
        {
            return RequestBody.RefuseAsync(context, NoKey);
        }

        if (!keys.AreOpen)
        {
            return ApiResponse.KeysLoadingAsync(context);
        }

        if (accounts.Find(composite) is not { } found || !access.Allows(ClientOf(context), found.Share.PublicKey))
        {
            return ApiResponse.ErrorAsync(context, StatusCodes.Status404NotFound, ReasonCodes.UnknownKey);
        }

        var (account, problem) = accounts.Describe(found);
        return account is null
            ? ApiResponse.ErrorAsync(context, StatusCodes.Status404NotFound, ReasonCodes.AccountNotConfigured, problem)
            : WriteAsync(context, View(account), DistributedContext.Default.Account);
    }

    public async Task SignAsync(HttpContext context)
    {
        var (request, fault) = await bodies.ReadAsync(context);
        if (request is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        if (!BlsPublicKey.TryParse(Identifier(context), out var composite))
        {
            await recorder.RefuseAsync(context, NoKey);
            return;
        }

        var found = accounts.Find(composite);
        await recorder.SignAsync(context, Order(context, composite, found, request), (answered, outcome) =>
            outcome is SignOutcome.Signed signed
                ? WriteAsync(
                    answered,
                    new PartialSigningResponse(IdOf(found, signed).ToString(), signed.SigningRoot.ToString(), signed.Signature.ToString()),
                    DistributedContext.Default.PartialSigningResponse
                )
                : ApiResponse.RefusalAsync(answered, SignRefusal.Of(outcome))
        );
    }

    public async Task SignAllAsync(HttpContext context)
    {
        var (batch, fault) = await batches.ReadAsync(context);
        if (batch is null)
        {
            await recorder.RefuseAsync(context, fault!);
            return;
        }

        if (batch.Request is not { } request)
        {
            await batches.RefuseGenericAsync(context, batch.Keys);
            return;
        }

        AccountShare?[] found = [.. batch.Keys.Select(accounts.Find)];
        await batches.SignAsync(
            context,
            batch.Keys,
            number => Order(context, batch.Keys[number], found[number], request),
            (answer, number, signed) =>
            {
                answer.Number(",\"participant_id\":\""u8, IdOf(found[number], signed));
                answer.Hex(",\"signing_root\":\"0x"u8, signed.SigningRoot.Bytes);
                answer.Hex(",\"signature\":\"0x"u8, signed.Signature.Bytes);
            }
        );
    }

    // What is not found goes to the signer as well, which says so, and writes it down.
    private static SignOrder Order(HttpContext context, BlsPublicKey composite, AccountShare? found, SignRequest request) =>
        new(ClientOf(context), context.TraceIdentifier, found?.Share.PublicKey ?? composite, request.Message, request.ClaimedSigningRoot)
        {
            Named = found is null ? NamedKey.Group : NamedKey.Share,
        };

    private static Account View(ThresholdAccount account) =>
        new(
            account.ParticipantId.ToString(),
            account.PublicKey.ToString(),
            account.CompositePublicKey.ToString(),
            account.Threshold.ToString(),
            [.. account.Participants.Select(participant => new AccountParticipant(participant.Id.ToString(), participant.Endpoint))]
        );

    private static Client ClientOf(HttpContext context) => context.Features.GetRequiredFeature<Client>();

    private static string Identifier(HttpContext context) => (string)context.Request.RouteValues["identifier"]!;

    // A share that was opened between our look and the signer's was found by its group, which only one with a place in a cluster is.
    private static ulong IdOf(AccountShare? found, SignOutcome.Signed signed) =>
        found?.ParticipantId ?? signed.Share.Membership!.ShareIndex;

    private static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type) =>
        ApiResponse.DocumentAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, type));
}
