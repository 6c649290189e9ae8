using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>How an attempt to get a signature ended.</summary>
internal enum DutyAnswer
{
    /// <summary>The signer died, or was dead.</summary>
    None,

    Signed,

    Refused,
}

/// <summary>One keep-alive connection over mutual TLS.</summary>
internal sealed class DutyConnection : IDisposable
{
    private readonly HttpClient _http;

    private DutyConnection(HttpClient http) => _http = http;

    public static async Task<DutyConnection> OpenAsync(SignerProcess signer, string data, X509Certificate2 certificate)
    {
        var connection = new DutyConnection(ClientCertificate.Connect(signer.Api, data, certificate));
        _ = await connection._http.GetStringAsync(new Uri("/upcheck", UriKind.Relative));
        return connection;
    }

    /// <summary>The same message for each of the keys: at the batch endpoint where they are many.</summary>
    public async Task<DutyAnswer[]> TryAskAsync(IReadOnlyList<Duty> duties, Received received) =>
        duties is [var one] ? [await TryAskAsync(one, received)] : await TryAskAllAsync(duties, received);

    public async Task<DutyAnswer> TryAskAsync(Duty duty, Received received)
    {
        try
        {
            var answer = await _http.SignAsync(duty.Key, duty.Json);
            switch (answer.Status)
            {
                case HttpStatusCode.OK:
                    received.Add(duty, BlsSignature.Parse(answer.Signature));
                    return DutyAnswer.Signed;
                case HttpStatusCode.PreconditionFailed:
                    return DutyAnswer.Refused;
                default:
                    received.Faults.Add($"{answer.Status} {answer.Text} for {duty.Claim}");
                    return DutyAnswer.Refused;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return DutyAnswer.None;
        }
    }

    public void Dispose() => _http.Dispose();

    // A batch whose answer breaks off may have been signed in part: none of it counts as told.
    private async Task<DutyAnswer[]> TryAskAllAsync(IReadOnlyList<Duty> duties, Received received)
    {
        try
        {
            using var content = new StringContent(
                $$"""{"identifiers":[{{string.Join(',', duties.Select(duty => $"\"{duty.Key}\""))}}],"signing_request":{{duties[0].Json}}}""",
                Encoding.UTF8,
                "application/json"
            );
            var answer = await _http.AskAsync(HttpMethod.Post, "/api/v1/eth2/sign", content);
            if (answer.Status != HttpStatusCode.OK)
            {
                received.Faults.Add($"{answer.Status} {answer.Text} for a batch with {duties[0].Claim}");
                return [.. duties.Select(_ => DutyAnswer.Refused)];
            }

            return
            [
                .. answer
                    .Json.EnumerateArray()
                    .Zip(duties)
                    .Select(pair =>
                    {
                        if (pair.First.TryGetProperty("signature", out var signature))
                        {
                            received.Add(pair.Second, BlsSignature.Parse(signature.GetString()!));
                            return DutyAnswer.Signed;
                        }

                        if (pair.First.GetProperty("error").GetProperty("code").GetInt32() != (int)HttpStatusCode.PreconditionFailed)
                        {
                            received.Faults.Add($"{pair.First} for {pair.Second.Claim}");
                        }

                        return DutyAnswer.Refused;
                    }),
            ];
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return [.. duties.Select(_ => DutyAnswer.None)];
        }
    }
}
