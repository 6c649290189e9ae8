using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>A home whose client <c>admin</c> may manage keys and has the token, and keystores to be pushed.</summary>
internal sealed class KeymanagerScene : IAsyncDisposable
{
    private SignerProcess? _signer;

    private KeymanagerScene(SignerHome home) => Home = home;

    public SignerHome Home { get; }

    public SignerProcess Signer => _signer ?? throw new InvalidOperationException("the signer is stopped");

    public HttpClient Admin { get; private set; } = null!;

    public static Task<KeymanagerScene> StartAsync(SignerTemplate template, params string[] arguments) =>
        StartAsync(template.Copy(), arguments);

    public static async Task<KeymanagerScene> StartAsync(SignerHome home, params string[] arguments)
    {
        var scene = new KeymanagerScene(home);
        scene.Home.Configure(options => options["clients"]!["admin"]!["manageKeys"] = true);
        (await scene.Home.RunAsync("keymanager", "token")).Succeeded();
        await scene.ServeAsync(arguments);
        return scene;
    }

    public async Task ServeAsync(params string[] arguments)
    {
        _signer = await Home.StartAsync(arguments);
        Admin = Connect("admin");
    }

    /// <summary>Serves as the last arguments of a program that becomes the signer.</summary>
    public async Task ServeUnderAsync(string[] program)
    {
        _signer = SignerProcess.LaunchUnder(program, Home.Data, Home.Token);
        await _signer.WaitUntilReadyAsync();
        Admin = Connect("admin");
    }

    /// <summary>Serves though it will not be ready, until its health says so in these words.</summary>
    public async Task ServeUnreadyAsync(params string[] words)
    {
        _signer = SignerProcess.Launch(Home.Data, Home.Token);
        Admin = Connect("admin");
        await _signer.HealthWhenAsync(report => words.All(word => report.Text.Contains(word, StringComparison.Ordinal)));
    }

    /// <summary>A client with the token.</summary>
    public HttpClient Connect(string name)
    {
        var client = ClientCertificate.Connect(Signer, Home.Data, name);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            File.ReadAllText(Path.Combine(Home.Data, "keymanager.token"))
        );
        return client;
    }

    public async Task StopAsync()
    {
        Admin?.Dispose();
        if (Interlocked.Exchange(ref _signer, null) is { } signer)
        {
            await signer.DisposeAsync();
        }
    }

    /// <summary>Writes new keystores into a folder beside the data.</summary>
    public (string Folder, IReadOnlyList<string> Keys) NewKeystores(int count)
    {
        var folder = Home.Beside($"pushed-{Guid.NewGuid():N}");
        return (folder, [.. KeystoreWriter.WriteNew(folder, count, SignerHome.Password).Select(key => key.ToString())]);
    }

    /// <summary>The body for all keystores of a folder, as Charon makes it.</summary>
    public static JsonObject Body(string folder)
    {
        var keystores = Directory.GetFiles(folder, "keystore-*.json").Order(StringComparer.Ordinal).ToList();
        return new JsonObject
        {
            ["keystores"] = new JsonArray([.. keystores.Select(file => (JsonNode)File.ReadAllText(file))]),
            ["passwords"] = new JsonArray([.. keystores.Select(file => (JsonNode)File.ReadAllText(Path.ChangeExtension(file, ".txt")))]),
        };
    }

    public Task<ApiAnswer> PushAsync(JsonNode body) => SendAsync(HttpMethod.Post, body.ToJsonString());

    public Task<ApiAnswer> DeleteAsync(params string[] keys) =>
        SendAsync(HttpMethod.Delete, new JsonObject { ["pubkeys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]) }.ToJsonString());

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Admin.AskAsync(method, "/eth/v1/keystores", content);
    }

    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var answer = await Admin.ReadAsync("/eth/v1/keystores");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return [.. answer.Json.GetProperty("data").EnumerateArray().Select(key => key.GetProperty("validating_pubkey").GetString()!)];
    }

    public static IReadOnlyList<string> Statuses(ApiAnswer answer) =>
        [.. Items(answer).Select(item => item.GetProperty("status").GetString()!)];

    public static IReadOnlyList<string> Messages(ApiAnswer answer) =>
        [.. Items(answer).Select(item => item.GetProperty("message").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Home.Dispose();
    }

    private static List<JsonElement> Items(ApiAnswer answer) => [.. answer.Json.GetProperty("data").EnumerateArray()];
}
