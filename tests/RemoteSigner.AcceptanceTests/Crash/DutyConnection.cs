using System.Net;
using System.Security.Cryptography.X509Certificates;
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
}
