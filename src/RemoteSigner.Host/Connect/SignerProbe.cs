using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Connect;

/// <summary>
/// Asks a signer, as the client that it is about to serve, whether what the client wants would be done: one check after the other, each
/// sensible only if those before it passed. It asks what anybody with the certificate may ask, and changes nothing.
/// </summary>
internal sealed class SignerProbe(SignerLink link, SignerUse use, string? tokenFile, TimeProvider time)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    // Health is down, and still duties are signed, all or most of them: a port that is closed would take these away, too.
    private static readonly string[] _signsOn = ["anchor_failing", "low_watermarks_raised"];

    private readonly SignerCalls _calls = new(link);

    /// <summary>The first check that fails; null when all pass.</summary>
    public async Task<SignerCheck?> FirstFailureAsync(CancellationToken cancellation)
    {
        await foreach (var check in RunAsync(cancellation))
        {
            if (!check.Passed)
            {
                return check;
            }
        }

        return null;
    }

    /// <summary>The checks up to the first that fails.</summary>
    public async IAsyncEnumerable<SignerCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var step in Steps())
        {
            IReadOnlyList<SignerCheck> found;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var timer = time.CreateTimer(_ => timeout.Cancel(), null, _timeout, Timeout.InfiniteTimeSpan);
            try
            {
                found = await step(timeout.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                found = [_calls.Unreachable($"it did not answer within {_timeout.TotalSeconds:F0} s")];
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                found = [_calls.Lost(exception)];
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                found = [SignerCalls.Refused("answer", HttpStatusCode.OK, [])];
            }

            foreach (var check in found)
            {
                yield return check;
                if (!check.Passed)
                {
                    yield break;
                }
            }
        }
    }

    private IEnumerable<Func<CancellationToken, Task<IReadOnlyList<SignerCheck>>>> Steps() =>
        use == SignerUse.Push ? [GreetAsync, MayPushAsync, IsWellAsync] : [GreetAsync, HasKeysAsync, IsWellAsync];

    private async Task<IReadOnlyList<SignerCheck>> GreetAsync(CancellationToken cancellation)
    {
        var (status, body) = await AskAsync("/upcheck", null, cancellation);
        return status == HttpStatusCode.OK && body.AsSpan().SequenceEqual("OK"u8)
            ?
            [
                SignerCheck.Pass("reach", $"{link.Signer} answers"),
                SignerCheck.Pass("server", $"its certificate is of the authority and for {link.Signer.IdnHost}"),
                SignerCheck.Pass("client", $"it lets in our certificate, whose name is '{link.ClientName}'"),
            ]
            : [SignerCalls.Refused("client", status, body)];
    }

    private async Task<IReadOnlyList<SignerCheck>> HasKeysAsync(CancellationToken cancellation)
    {
        var (status, body) = await AskAsync("/api/v1/eth2/publicKeys", null, cancellation);
        if (status != HttpStatusCode.OK)
        {
            return [SignerCalls.Refused("keys", status, body)];
        }

        using var keys = StrictJson.Open(body, maxDepth: 8);
        var count = keys.RootElement.GetArrayLength();
        return
        [
            count > 0
                ? SignerCheck.Pass("keys", $"open, {count} for this client")
                : SignerCheck.Fail(
                    "keys",
                    CheckReasons.NoKeys,
                    $"the signer has no key that '{link.ClientName}' may use",
                    "import the keys, or name the client and its keys under \"clients\" in signer.json and reload"
                ),
        ];
    }

    private async Task<IReadOnlyList<SignerCheck>> MayPushAsync(CancellationToken cancellation)
    {
        string? token = null;
        if (tokenFile is not null)
        {
            try
            {
                token = BoundedFile.ReadAllText(tokenFile).Trim();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return
                [
                    SignerCheck.Fail(
                        "token",
                        CheckReasons.TokenFile,
                        $"cannot read the token: {exception.Message}",
                        "name a readable copy of the signer's keymanager.token with --token-file"
                    ),
                ];
            }
        }

        var (status, body) = await AskAsync("/eth/v1/keystores", token, cancellation);
        var right = SignerCheck.Pass("right", $"'{link.ClientName}' may manage keys");
        var valid = SignerCheck.Pass("token", "it is the signer's");
        return status switch
        {
            HttpStatusCode.OK => [right, valid, SignerCheck.Pass("keys", "open")],
            HttpStatusCode.Forbidden => [SignerCalls.Refused("right", status, body) with { IsOnRecord = true }],
            HttpStatusCode.Unauthorized => [right, SignerCalls.Refused("token", status, body) with { IsOnRecord = true }],
            _ => [right, valid, SignerCalls.Refused("keys", status, body)],
        };
    }

    private async Task<IReadOnlyList<SignerCheck>> IsWellAsync(CancellationToken cancellation)
    {
        var (status, body) = await AskAsync("/healthcheck", null, cancellation);
        if (
            status is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable)
            || JsonSerializer.Deserialize(body, WireContext.Default.HealthReport) is not { Checks: { } checks }
        )
        {
            return [SignerCalls.Refused("health", status, body)];
        }

        return use == SignerUse.Push
            ?
            [
                Of(checks, "seal", "seal-check"),
                Of(checks, "rollback-protection", "rollback-protection-check"),
                Of(checks, "ledger", "slashing-protection-db-health-check"),
                Of(checks, "disk", "disk-check", failsOn: "no_reserve"),
            ]
            :
            [
                Of(checks, "rollback-protection", "rollback-protection-check", _signsOn),
                Of(checks, "ledger", "slashing-protection-db-health-check"),
            ];
    }

    private static SignerCheck Of(
        IEnumerable<HealthReport.Check> checks,
        string name,
        string id,
        string[]? mayBe = null,
        string? failsOn = null
    )
    {
        // One of an earlier version has not every check.
        if (checks.FirstOrDefault(check => check.Id == id) is not { } found)
        {
            return SignerCheck.Pass(name, "it says nothing about this");
        }

        var state = found.Data?.State;
        var failed = (found.Status == HealthReport.Down && mayBe?.Contains(state) != true) || (failsOn is not null && state == failsOn);
        return failed
            ? SignerCheck.Fail(
                name,
                state is null ? id : $"{id}:{state}",
                $"{id} is {found.Status}: {found.Data?.Detail ?? state}",
                "fix it on the signer: its /healthcheck and its log say more"
            )
            : SignerCheck.Pass(name, state ?? found.Status);
    }

    private Task<(HttpStatusCode Status, byte[] Body)> AskAsync(string target, string? token, CancellationToken cancellation) =>
        _calls.AskAsync(HttpMethod.Get, target, token, null, cancellation);
}
