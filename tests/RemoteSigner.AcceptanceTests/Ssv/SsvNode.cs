using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Operator 11's SSV node as its signer sees it: what it sends for each event of the contract. The documents are those that ssv-dkg wrote.
/// </summary>
internal sealed class SsvNode(HttpClient http) : IDisposable
{
    public const ulong Operator = 11;

    /// <summary>A share as the contract has it, for this operator.</summary>
    internal sealed record Share(string Key, string Encrypted);

    public static string PathOf(string name) => Vectors.Path($"clusters-ssv/{name}.keyshares.json");

    /// <summary>Every validator of the document <c>NAME.keyshares.json</c>.</summary>
    public static KeysharesFile Keyshares(string name) => KeysharesFile.Parse(File.ReadAllBytes(PathOf(name)));

    /// <summary>This operator's shares of that document.</summary>
    public static IReadOnlyList<Share> SharesOf(string name) =>
        [
            .. Keyshares(name)
                .Validators.Select(one => (Validator: one, At: one.OperatorIds.IndexOf(Operator)))
                .Select(one => new Share(one.Validator.PublicShares[one.At].ToString(), Hex.Format(one.Validator.EncryptedShare(one.At)))),
        ];

    /// <summary>As the contract's events have its validators.</summary>
    public static string[] Stated(string name) =>
        [
            "--owner",
            Keyshares(name).Validators[0].OwnerAddress.ToString(),
            .. Keyshares(name).Validators.SelectMany(one => new[] { "--validator", one.GroupKey.ToString() }),
        ];

    /// <summary>A signer on hoodi with this operator's key and two clients that are SSV nodes, <c>node</c> and <c>other</c>.</summary>
    public static async Task<SignerHome> PrepareAsync(params string[] options)
    {
        var home = SignerHome.Empty();
        (await home.InitAsync("hoodi", ["--client", "node=ssv-node", "--client", "other=ssv-node", .. options])).Succeeded();
        var key = home.Beside("operator.pem");
        await File.WriteAllTextAsync(key, PrivateKey);
        (await home.RunAsync("operator", "import", "--key", key)).Succeeded();
        return home;
    }

    public static SsvNode Connect(SignerHome home, SignerProcess signer, string name = "node") =>
        new(ClientCertificate.Connect(signer, home.Data, name));

    /// <summary>Its own private key, PEM.</summary>
    public static string PrivateKey =>
        Vectors.Read("clusters-ssv/operators.json").AsArray().First(one => (ulong)one!["id"]! == Operator)![
            "privateKeyPem"
        ]!.GetValue<string>();

    /// <summary>
    /// <c>ValidatorAdded</c>: one share. It takes <c>imported</c> and <c>duplicate</c>, and 422 as a registration to be passed over; it
    /// stops at anything else.
    /// </summary>
    public Task<ApiAnswer> AddAsync(Share share) =>
        AskAsync(
            HttpMethod.Post,
            "/v1/validators",
            new JsonObject
            {
                ["share_keys"] = new JsonArray(new JsonObject { ["EncryptedPrivKey"] = share.Encrypted, ["PubKey"] = share.Key }),
            }.ToJsonString()
        );

    /// <summary><c>ValidatorRemoved</c>. It takes <c>deleted</c> and <c>not_found</c>.</summary>
    public Task<ApiAnswer> RemoveAsync(Share share) =>
        AskAsync(HttpMethod.Delete, "/v1/validators", new JsonObject { ["pubkeys"] = new JsonArray(share.Key) }.ToJsonString());

    public Task<ApiAnswer> SignAsync(Share share, string duty) => AskAsync(HttpMethod.Post, $"/v1/validators/sign/{share.Key}", duty);

    public async Task<ApiAnswer> SignMessageAsync(byte[] message)
    {
        using var content = new ByteArrayContent(message);
        return await http.AskAsync(HttpMethod.Post, "/v1/operator/sign", content);
    }

    /// <summary>What it checks at its start: the shares that are here.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
        [.. (await http.ReadAsync("/v1/validators")).Json.EnumerateArray().Select(key => key.GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>The one word of the answer, which must be 200.</summary>
    public static string StatusOf(ApiAnswer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, $"the node stops at {(int)answer.Status} {answer.Text}");
        return answer.Json.GetProperty("data")[0].GetProperty("status").GetString()!;
    }

    public async Task<ApiAnswer> AskAsync(HttpMethod method, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.AskAsync(method, path, content);
    }

    public void Dispose() => http.Dispose();
}
