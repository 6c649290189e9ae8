using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>A signer on hoodi with four keys, started from the published binary: client <c>vc</c> has the everyday duties, <c>admin</c> all.</summary>
public sealed class SignerScene : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("remote-signer-test-").FullName;
    private HttpClient _client = null!;

    public Network Network { get; } = Network.Find("hoodi")!;

    public SoftToken Token { get; private set; } = null!;

    public string Data => Path.Combine(_folder, "data");

    public SignerProcess Signer { get; private set; } = null!;

    public IReadOnlyList<BlsPublicKey> Keys { get; private set; } = [];

    /// <summary>The slot of the wall clock.</summary>
    public ulong Slot => ((ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - Network.GenesisTime!.Value) / Network.SecondsPerSlot;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        Token = SoftToken.Create(Directory.CreateDirectory(Path.Combine(_folder, "token")).FullName);
        var keystores = Directory.CreateDirectory(Path.Combine(_folder, "keystores")).FullName;
        Keys = WriteKeystores(keystores, 4);
        (await SignerProcess.RunAsync(
            Token, "init", "--data", Data, "--network", Network.Name, "--seal", "softhsm2", "--pin-file", Token.PinFile, "--client", "vc", "--client", "admin=all")).Succeeded();
        (await SignerProcess.RunAsync(Token, "keys", "import", "--data", Data, "--keystores", keystores, "--never-signed")).Succeeded();
        Signer = await SignerProcess.StartAsync(Data, Token);
        _client = ClientCertificate.Connect(Signer, Data, "vc");
    }

    /// <summary>A vote of the present epoch.</summary>
    public Attestation Vote(byte fill)
    {
        var epoch = Network.EpochOf(new Slot(Slot)).Value;
        return AttestationRequest.Message(Network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, Slot, fill);
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> SignAsync(BlsPublicKey key, string body) => SignAsync(_client, key, body);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SignAsync(HttpClient client, BlsPublicKey key, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri($"/api/v1/eth2/sign/{key}", UriKind.Relative), content);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, json.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (Signer is not null)
        {
            await Signer.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static List<BlsPublicKey> WriteKeystores(string folder, int count)
    {
        using var arena = new SecretArena();
        var keys = new List<BlsPublicKey>();
        for (var i = 0; i < count; i++)
        {
            using var key = BlsSecretKey.Generate(arena, RandomNumberGenerator.GetBytes(32));
            KeystoreWriter.Write(arena, folder, i, key, "test password");
            var publicKey = new byte[BlsPublicKey.Length];
            key.WritePublicKey(publicKey);
            keys.Add(new BlsPublicKey(publicKey));
        }

        return keys;
    }
}
