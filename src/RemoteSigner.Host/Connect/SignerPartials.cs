using System.Net;
using System.Text.Json;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Http.Distributed;
using RemoteSigner.Host.Http.Dv;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// Asks a signer, as one of its clients, for signatures by its shares. Each goes its usual way there: rights, slashing protection, the
/// rules of the cluster, the audit log. What comes back is a claim, for whoever asks to verify.
/// </summary>
internal sealed class SignerPartials(SignerLink link, TimeProvider time)
{
    // A lock of many validators is verified there before it is signed.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private static readonly SignerCheck _unexpected = SignerCalls.Refused("answer", HttpStatusCode.OK, []);

    private readonly SignerCalls _calls = new(link);

    /// <summary>The signatures of a proposed lock by one operator's shares of all its validators.</summary>
    public Task<PartialsAnswer> SignLockAsync(Root lockHash, ReadOnlyMemory<byte> json, CancellationToken cancellation) =>
        AskAsync($"/api/v1/dv/clusters/{lockHash}/lock-signatures", json, ReadLock, cancellation);

    /// <summary>The part of a validator's signature by the share that is there; <paramref name="request"/> is Web3Signer's body.</summary>
    public Task<PartialsAnswer> SignAsync(BlsPublicKey groupKey, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        AskAsync($"/api/v1/eth2/distributed/sign/{groupKey}", request, body => ReadDuty(groupKey, body), cancellation);

    private async Task<PartialsAnswer> AskAsync(
        string target,
        ReadOnlyMemory<byte> json,
        Func<byte[], IReadOnlyList<ValidatorPartial>?> read,
        CancellationToken cancellation
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => timeout.Cancel(), null, _timeout, Timeout.InfiniteTimeSpan);
        try
        {
            var (status, body) = await _calls.AskAsync(HttpMethod.Post, target, null, json, timeout.Token);
            return status != HttpStatusCode.OK ? new([], SignerCalls.Refused("signature", status, body))
                : read(body) is { } partials ? new(partials, null)
                : new([], _unexpected);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new([], _calls.Unreachable($"it did not answer within {_timeout.TotalSeconds:F0} s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new([], _calls.Lost(exception));
        }
        catch (JsonException)
        {
            return new([], _unexpected);
        }
    }

    private static List<ValidatorPartial>? ReadLock(byte[] body)
    {
        var answer = JsonSerializer.Deserialize(body, DvContext.Default.DvLockSignatures);
        var partials = answer?.Partials?.Select(one => Read(one?.GroupPubkey, answer.ShareIndex, one?.PartialSignature)).ToList();
        return partials?.Contains(null) == false ? [.. partials.Cast<ValidatorPartial>()] : null;
    }

    private static List<ValidatorPartial>? ReadDuty(BlsPublicKey groupKey, byte[] body) =>
        JsonSerializer.Deserialize(body, DistributedContext.Default.PartialSigningResponse) is { } answer
        && Read(groupKey.ToString(), answer.ParticipantId, answer.Signature) is { } partial
            ? [partial]
            : null;

    private static ValidatorPartial? Read(string? groupKey, string? shareIndex, string? signature) =>
        BlsPublicKey.TryParse(groupKey, out var key)
        && ulong.TryParse(shareIndex, out var index)
        && BlsSignature.TryParse(signature, out var part)
            ? new(key, new(index, part))
            : null;
}

/// <summary>What a signer gave, or why it gave nothing, and for which validator where it was asked about one.</summary>
internal sealed record PartialsAnswer(IReadOnlyList<ValidatorPartial> Partials, SignerCheck? Refusal)
{
    public BlsPublicKey? About { get; init; }
}
