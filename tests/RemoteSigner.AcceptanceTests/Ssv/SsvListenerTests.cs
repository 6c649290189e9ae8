using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The six endpoints of ssv-signer over mutual TLS, asked as an SSV node asks them.</summary>
public sealed class SsvListenerTests
{
    private static readonly SsvDomain _hoodi = new(0x503);

    [Fact]
    public async Task A_node_brings_a_share_uses_it_and_takes_it_out()
    {
        using var scene = new SsvScene();
        using var home = await PrepareAsync(scene);
        await using var signer = await home.StartAsync();
        using var node = ClientCertificate.Connect(signer, home.Data, "node");

        Assert.Equal(SsvScene.Identity, (await node.ReadAsync("/v1/operator/identity")).Text);
        Assert.Equal("imported", await StatusAsync(node, HttpMethod.Post, SsvScene.Encrypted));
        Assert.Equal("duplicate", await StatusAsync(node, HttpMethod.Post, SsvScene.Encrypted));
        Assert.Equal($"[\"{SsvScene.ShareKey}\"]", (await node.ReadAsync("/v1/validators")).Text);

        var signed = await AskAsync(node, HttpMethod.Post, $"/v1/validators/sign/{SsvScene.ShareKey}", Chain.RandaoJson());
        Assert.Equal(HttpStatusCode.OK, signed.Status);
        Assert.Equal(2 + (2 * 96), signed.Signature!.Length);

        await SpeaksAboutItsValidatorAloneAsync(node);
        var delete = new JsonObject { ["pubkeys"] = new JsonArray(SsvScene.ShareKey.ToString()) }.ToJsonString();
        Assert.Equal("deleted", await StatusAsync(node, HttpMethod.Delete, delete));
        Assert.Equal("not_found", await StatusAsync(node, HttpMethod.Delete, delete));
        Assert.Equal("[]", (await node.ReadAsync("/v1/validators")).Text);
        Assert.Equal("imported", await StatusAsync(node, HttpMethod.Post, SsvScene.Encrypted));
        await signer.StopAsync();
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    [Fact]
    public async Task Bad_shares_leave_nothing_behind_and_one_answer_tells_nothing_of_the_reason()
    {
        using var scene = new SsvScene();
        using var home = await PrepareAsync(scene);
        await using var signer = await home.StartAsync();
        using var node = ClientCertificate.Connect(signer, home.Data, "node");
        var good = JsonNode.Parse(SsvScene.Encrypted)!["share_keys"]![0]!;
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(SsvScene.PrivateKey)));
        string Encrypt(string text, RSAEncryptionPadding padding) =>
            "0x" + Convert.ToHexStringLower(rsa.Encrypt(Encoding.ASCII.GetBytes(text), padding));

        HashSet<string> answers = [];
        foreach (
            var bad in new[]
            {
                "0x" + new string('0', 512),
                "0x00",
                Encrypt(new string('1', 64), RSAEncryptionPadding.Pkcs1),
                Encrypt("nothing", RSAEncryptionPadding.Pkcs1),
                Encrypt(new string('1', 64), RSAEncryptionPadding.OaepSHA1),
            }
        )
        {
            var refused = await AskAsync(node, HttpMethod.Post, "/v1/validators", Body(With(good, bad)));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
            answers.Add(refused.Text);
        }

        Assert.Single(answers);
        var half = await AskAsync(node, HttpMethod.Post, "/v1/validators", Body(good, With(good, "0x00")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, half.Status);
        Assert.Contains("share_keys[1]", half.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("share_keys[0]", half.Text, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await AskAsync(node, HttpMethod.Post, "/v1/validators", Body([.. Enumerable.Repeat(good, 11)]))).Status
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(node, HttpMethod.Post, "/v1/validators", "{}")).Status);
        Assert.Equal("[]", (await node.ReadAsync("/v1/validators")).Text);
    }

    [Fact]
    public async Task Each_endpoint_is_for_clients_that_it_was_granted_to_by_name()
    {
        using var scene = new SsvScene();
        using var home = await PrepareAsync(scene);
        home.Configure(options => options["clients"]!["vc"]!["ssv"] = new JsonArray("identity"));
        await using var signer = await home.StartAsync();
        using var other = ClientCertificate.Connect(signer, home.Data, "vc");

        Assert.Equal(SsvScene.Identity, (await other.ReadAsync("/v1/operator/identity")).Text);
        Assert.All(
            new[]
            {
                await other.ReadAsync("/v1/validators"),
                await AskAsync(other, HttpMethod.Post, "/v1/validators", SsvScene.Encrypted),
                await AskAsync(other, HttpMethod.Delete, "/v1/validators", "{\"pubkeys\":[]}"),
                await AskAsync(other, HttpMethod.Post, $"/v1/validators/sign/{SsvScene.ShareKey}", Chain.RandaoJson()),
                await AskAsync(other, HttpMethod.Post, "/v1/operator/sign", "anything"),
            },
            answer => Assert.Equal((HttpStatusCode.Forbidden, "ssv_not_allowed"), (answer.Status, answer.Reason))
        );
    }

    /// <summary>A damaged document and one that is not ours: neither stops the operator, and health names them.</summary>
    [Fact]
    public async Task Unreadable_documents_cost_what_is_said_with_them_and_no_more()
    {
        using var scene = new SsvScene();
        using var home = await PrepareAsync(scene);
        var archive = Path.Combine(home.Data, "clusters");
        await File.WriteAllTextAsync(Path.Combine(archive, "0x" + new string('a', 64) + ".json"), "{");
        File.Copy(SsvScene.Keyshares, Path.Combine(archive, "0x" + new string('b', 64) + ".json"));
        await using var signer = await home.StartAsync();
        using var node = ClientCertificate.Connect(signer, home.Data, "node");

        Assert.Equal("imported", await StatusAsync(node, HttpMethod.Post, SsvScene.Encrypted));
        await SpeaksAboutItsValidatorAloneAsync(node);

        var health = await signer.HealthWhenAsync(report => report.Text.Contains("degraded", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.Contains($"0x{new string('a', 64)}.json cannot be read", health.Text, StringComparison.Ordinal);
        Assert.Contains($"0x{new string('b', 64)}.json cannot be read", health.Text, StringComparison.Ordinal);
        var listed = JsonNode.Parse((await home.RunAsync("cluster", "list", "--json")).Succeeded().Output)!.AsArray();
        Assert.Equal((3, 2), (listed.Count, listed.Count(line => line!["problem"] is not null)));
    }

    private static async Task SpeaksAboutItsValidatorAloneAsync(HttpClient node)
    {
        var committee = SsvMessage.CommitteeOf([12, 34, 55, 1021]);
        byte[][] lawful =
        [
            SsvMessages.Consensus(SsvMessages.Identifier(_hoodi, committee)),
            SsvMessages.Consensus(SsvMessages.Identifier(_hoodi, SsvRole.Proposer, SsvScene.GroupKey)),
            SsvMessages.PartialSignatures(SsvMessages.Identifier(_hoodi, committee), signer: 12, count: 2),
        ];
        Assert.True(OperatorPublicKey.TryParse(SsvScene.Identity, out var key));
        using var verifier = RSA.Create();
        verifier.ImportSubjectPublicKeyInfo(key.SubjectPublicKeyInfo, out _);
        foreach (var message in lawful)
        {
            using var answer = await node.PostAsync(new Uri("/v1/operator/sign", UriKind.Relative), new ByteArrayContent(message));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(
                verifier.VerifyData(
                    message,
                    await answer.Content.ReadAsByteArrayAsync(),
                    HashAlgorithmName.SHA256,
                    RSASignaturePadding.Pkcs1
                )
            );
        }

        (byte[] Message, string Reason)[] unlawful =
        [
            (SHA256.HashData("digest"u8), "not_an_ssv_message"),
            (SsvMessages.Consensus(SsvMessages.Identifier(new SsvDomain(1), committee)), "other_ssv_network"),
            (SsvMessages.Consensus(SsvMessages.Identifier(_hoodi, SsvRole.Proposer, SsvScene.ShareKey)), "unknown_validator"),
            (SsvMessages.PartialSignatures(SsvMessages.Identifier(_hoodi, committee), signer: 34, count: 1), "other_operator"),
        ];
        foreach (var (message, reason) in unlawful)
        {
            using var content = new ByteArrayContent(message);
            var refused = await node.AskAsync(HttpMethod.Post, "/v1/operator/sign", content);
            Assert.Equal((HttpStatusCode.Forbidden, reason), (refused.Status, refused.Reason));
        }
    }

    private static async Task<SignerHome> PrepareAsync(SsvScene scene)
    {
        var home = SignerHome.Empty();
        (await home.InitAsync("hoodi", "--client", "node", "--client", "vc")).Succeeded();
        (await home.RunAsync("operator", "import", "--key", scene.KeyFile)).Succeeded();
        (await home.RunAsync(["cluster", "add-lock", SsvScene.Keyshares, .. SsvScene.Stated])).Succeeded();
        home.Configure(options => (options["clients"]!["node"]!["ssv"], options["ssv"]!["validators"]) = (new JsonArray("all"), "known"));
        return home;
    }

    private static async Task<string> StatusAsync(HttpClient node, HttpMethod method, string body)
    {
        var answer = await AskAsync(node, method, "/v1/validators", body);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json.GetProperty("data")[0].GetProperty("status").GetString()!;
    }

    private static async Task<ApiAnswer> AskAsync(HttpClient node, HttpMethod method, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await node.AskAsync(method, path, content);
    }

    private static JsonNode With(JsonNode share, string encrypted)
    {
        var changed = share.DeepClone();
        changed["EncryptedPrivKey"] = encrypted;
        return changed;
    }

    private static string Body(params JsonNode[] shares) =>
        new JsonObject { ["share_keys"] = new JsonArray([.. shares.Select(share => share.DeepClone())]) }.ToJsonString();
}
