using System.Net;
using System.Text;
using System.Text.Json;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Demo;

/// <summary>One operator of the cluster: its signer, and the coordinator's connection to it.</summary>
internal sealed class Operator(ulong index, string data, BlsPublicKey share, SignerProcess signer, SoftwareTpm? tpm) : IAsyncDisposable
{
    public const string Coordinator = "coordinator";

    private readonly HttpClient _client = ClientCertificate.Connect(signer, data, Coordinator);

    public ulong Index => index;

    public string Data => data;

    public BlsPublicKey Share => share;

    public Uri Api => signer.Api;

    public Uri Operations => signer.Operations;

    /// <summary>Makes the token or the TPM, the data directory and the sealed share, and starts serving.</summary>
    public static async Task<Operator> StartAsync(ulong index, string folder, DemoDealer dealer, string network, bool inTpm)
    {
        var hardware = Directory.CreateDirectory(Path.Combine(folder, inTpm ? "tpm" : "token")).FullName;
        var tpm = inTpm ? await SoftwareTpm.StartAsync(hardware) : null;
        var token = inTpm ? null : SoftToken.Create(hardware);
        string[] seal = tpm is not null
            ? ["--seal", "tpm", "--tpm", tpm.Address]
            : ["--seal", "softhsm2", "--anchor-on-host", "--token", SoftToken.Label, "--pin-file", token!.PinFile];
        string data = Path.Combine(folder, "data"),
            keystores = Path.Combine(folder, "keystores");
        var share = dealer.Deal(index, keystores);
        (await SignerProcess.RunAsync(token, ["init", "--data", data, "--network", network, "--client", Coordinator, .. seal])).Succeeded();
        (await SignerProcess.RunAsync(token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
        Directory.Delete(keystores, recursive: true);
        return new Operator(index, data, share, await SignerProcess.StartAsync(data, token), tpm);
    }

    /// <summary>Asks for the partial signature of a message.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SignAsync(string message)
    {
        using var content = new StringContent(message, Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri($"/api/v1/eth2/sign/{share}", UriKind.Relative), content);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await signer.DisposeAsync();
        tpm?.Dispose();
    }
}
