using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests;
using RemoteSigner.Tests.Http;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Every shared request vector, posted to the running binary with the vector's own keys imported from keystores.</summary>
public sealed class SignRequestVectorTests
{
    // Nothing in the recorded chain came after Capella; the later forks must stand in the file all the same.
    private const string RecordedConfiguration = """
        PRESET_BASE: minimal
        CONFIG_NAME: recorded
        GENESIS_FORK_VERSION: 0x00000001
        ALTAIR_FORK_VERSION: 0x01000001
        ALTAIR_FORK_EPOCH: 1
        BELLATRIX_FORK_VERSION: 0x02000001
        BELLATRIX_FORK_EPOCH: 2
        CAPELLA_FORK_VERSION: 0x03000001
        CAPELLA_FORK_EPOCH: 3
        DENEB_FORK_VERSION: 0x04000001
        DENEB_FORK_EPOCH: 18446744073709551615
        ELECTRA_FORK_VERSION: 0x05000001
        ELECTRA_FORK_EPOCH: 18446744073709551615
        SECONDS_PER_SLOT: 6
        """;

    // Its exits were made at the time that they name. Today all would be signed with Capella's version (EIP-7044).
    private static readonly string[] BeforeGenesis = ["--genesis-time", "32503680000"];

    [Fact]
    public async Task An_exit_of_long_ago_is_signed_with_Capellas_version_once_the_chain_is_in_Deneb()
    {
        var vector = Vectors.Read("sign-requests/mainnet/VOLUNTARY_EXIT.phase0.json")["vectors"]![0]!;
        using var home = await CreateAsync(
            "sign-requests/mainnet",
            [Convert.FromHexString(vector["privateKey"]!.GetValue<string>()[2..])],
            []
        );
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");
        var request = vector["request"]!.DeepClone().AsObject();
        var (key, claimed) = (vector["publicKey"]!.GetValue<string>(), vector["signingRoot"]!.GetValue<string>());

        request["signingRoot"] = claimed;
        Assert.Equal("signing_root_mismatch", (await client.SignAsync(key, request.ToJsonString())).Reason);

        // The epoch counts for nothing: the same exit with the fork of today is the same message.
        request.Remove("signingRoot");
        var first = await client.SignAsync(key, request.ToJsonString());
        request["fork_info"]!["fork"] = JsonNode.Parse(
            """{"previous_version":"0x05000000","current_version":"0x06000000","epoch":"411392"}"""
        );
        var second = await client.SignAsync(key, request.ToJsonString());
        Assert.True(first.Status == HttpStatusCode.OK, first.Text);
        Assert.Equal((first.Signature, true), (second.Signature, first.Signature != vector["signature"]!.GetValue<string>()));
        Assert.True(Bls.Verify(BlsPublicKey.Parse(key).Bytes, RootOf(request), BlsSignature.Parse(first.Signature).Bytes));
    }

    // By hand: hash_tree_root of two numbers, and the domain of Capella.
    private static byte[] RootOf(JsonNode request)
    {
        static byte[] Number(JsonNode number) => [.. BitConverter.GetBytes(ulong.Parse(number.ToString())), .. new byte[24]];
        var message = SHA256.HashData([
            .. Number(request["voluntary_exit"]!["epoch"]!),
            .. Number(request["voluntary_exit"]!["validator_index"]!),
        ]);
        var fork = SHA256.HashData([
            .. Convert.FromHexString("03000000"),
            .. new byte[28],
            .. Convert.FromHexString(request["fork_info"]!["genesis_validators_root"]!.GetValue<string>()[2..]),
        ]);
        return SHA256.HashData([.. message, .. Convert.FromHexString("04000000"), .. fork[..28]]);
    }

    [Theory]
    [InlineData("sign-requests/mainnet", 290, 4)]
    [InlineData("sign-requests/devnet-minimal", 384, 4)]
    [InlineData("sign-requests/recorded", 84, 0)]
    [InlineData("sign-requests/spec-mainnet", 640, 0)]
    [InlineData("sign-requests/spec-minimal", 642, 0)]
    [InlineData("sign-requests/recorded-vero", 68, 0)]
    [InlineData("gloas/sign-requests/sepolia", 60, 0)]
    [InlineData("gloas/sign-requests/devnet-mainnet", 116, 8)]
    [InlineData("gloas/sign-requests/devnet-minimal", 116, 8)]
    public async Task Every_vector_gets_the_expected_signature_or_the_expected_refusal(string set, int signable, int foreign)
    {
        var keys = SecretsOf(set);
        using var home = await CreateAsync(set, keys, set == "sign-requests/mainnet" ? BeforeGenesis : []);
        await using var signer = await home.StartAsync();
        using var client = ClientCertificate.Connect(signer, home.Data, "vc");

        Assert.Equal(signable, await PostAllAsync(client, set, SignRequestVectors.Supported(), AssertSigned));
        Assert.Equal(foreign, await PostAllAsync(client, set, SignRequestVectors.Foreign(), AssertRefused));
    }

    private static void AssertSigned(string name, JsonNode vector, ApiAnswer answer)
    {
        // The vectors' deposits are of made-up validators, and a key deposits for itself alone.
        if (
            vector["request"]!["deposit"]?["pubkey"]?.GetValue<string>() is { } validator
            && validator != vector["publicKey"]!.GetValue<string>()
        )
        {
            Assert.True(
                answer is { Status: HttpStatusCode.PreconditionFailed, Reason: "deposit_for_another_key" },
                $"{name}: {answer.Status} {answer.Text}"
            );
            return;
        }

        Assert.True(answer.Status == HttpStatusCode.OK, $"{name}: {answer.Status} {answer.Text}");
        Assert.Equal(vector["signature"]!.GetValue<string>(), answer.Signature);
    }

    private static void AssertRefused(string name, JsonNode vector, ApiAnswer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{name}: {answer.Status} {answer.Text}");
        Assert.Contains(answer.Reason, (string[])["unknown_type", "unsupported_fork", "not_on_this_network"]);
    }

    private static async Task<int> PostAllAsync(
        HttpClient client,
        string set,
        IEnumerable<TheoryDataRow<string>> rows,
        Action<string, JsonNode, ApiAnswer> check
    )
    {
        var count = 0;
        foreach (var (name, vector) in rows.SelectMany(row => In(row, set)).OrderBy(item => TimeOf(item.Vector["request"]!)))
        {
            check(name, vector, await client.SignAsync(vector["publicKey"]!.GetValue<string>(), vector["request"]!.ToJsonString()));
            count++;
        }

        return count;
    }

    // In the order of the chain: the first block or vote of a key is the low watermark of those that follow (EIP-3076 conditions 2 and 5).
    private static ulong TimeOf(JsonNode request)
    {
        var block = request["block"] ?? request["beacon_block"]?["block_header"] ?? request["beacon_block"]?["block"];
        var time = request["attestation"]?["target"]?["epoch"] ?? block?["slot"];
        return time is null ? 0 : ulong.Parse(time.ToString());
    }

    private static IEnumerable<(string Name, JsonNode Vector)> In(TheoryDataRow<string> row, string set) =>
        SignRequestVectors.SetOf(row.Data) == set
            ? Vectors.Read(row.Data)["vectors"]!
                .AsArray()
                .Where(vector => !SignRequestVectors.IsEmptyAuth(vector!))
                .Select(vector => ($"{row.Data} {vector!["name"]}", vector))
            : [];

    private static List<byte[]> SecretsOf(string set) =>
        [
            .. SignRequestVectors
                .Supported()
                .Concat(SignRequestVectors.Foreign())
                .SelectMany(row => In(row, set))
                .Select(vector => vector.Vector["privateKey"]!.GetValue<string>())
                .Distinct()
                .Select(hex => Convert.FromHexString(hex[2..])),
        ];

    private static async Task<SignerHome> CreateAsync(string set, IEnumerable<byte[]> keys, params string[] options)
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        var home = SignerHome.Empty();
        (
            await home.InitAsync(
                NetworkOf(set, home),
                ["--genesis-validators-root", ChainOf(set), "--no-slot-window", "--client", "vc=all", .. options]
            )
        ).Succeeded();
        await home.AddKeysAsync(keys);
        home.Configure(options =>
        {
            // Some vectors are a builder's, whose keys and limits must be named.
            options["clients"]!["vc"]!["duties"] = new JsonArray("all", "EXECUTION_PAYLOAD_BID");
            options["builder"] = new JsonObject
            {
                ["keys"] = new JsonArray([.. home.Keys.Select(key => (JsonNode)key.ToString())]),
                ["maxBidGwei"] = ulong.MaxValue,
                ["executionPayment"] = true,
            };
        });
        return home;
    }

    // Every message of a set that names a chain names the same one.
    private static string ChainOf(string set) =>
        SignRequestVectors
            .Supported()
            .SelectMany(row => In(row, set))
            .Select(vector => vector.Vector["request"]!["fork_info"]?["genesis_validators_root"]?.GetValue<string>())
            .First(root => root is not null)!;

    private static string NetworkOf(string set, SignerHome home)
    {
        if (set == "sign-requests/recorded")
        {
            File.WriteAllText(home.Beside("config.yaml"), RecordedConfiguration);
            return home.Beside("config.yaml");
        }

        return Path.GetFileName(set) is "mainnet" or "sepolia" ? Path.GetFileName(set) : Vectors.Path($"{set}/config.yaml");
    }
}
