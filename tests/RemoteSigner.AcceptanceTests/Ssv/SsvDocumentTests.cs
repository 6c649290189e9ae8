using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.Clusters;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// The documents that real ssv-dkg wrote, one after the other into a signer that serves and signs: what a person does where no node does
/// it.
/// </summary>
public sealed class SsvDocumentTests
{
    private const ulong Latest = 5;

    [Fact]
    public async Task Shares_move_with_a_resign_and_make_room_for_a_reshare_and_go_on_signing()
    {
        using var home = await SsvNode.PrepareAsync();
        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        var (dealt, reshared) = (SsvNode.SharesOf("single")[0], SsvNode.SharesOf("reshare")[0]);

        Assert.Equal(["sealed"], await ImportAsync(home, "single", "--never-signed"));
        await SignsAsync(node, dealt, target: 1);
        Assert.Equal(["returned"], await ReshareAsync(back: true, target: 2));

        // The registration that the contract has now lists the shares of the first one, with a higher nonce.
        Assert.Equal(["returned"], await ImportAsync(home, "resign", "--replace"));
        await SignsAsync(node, dealt, target: 3);
        await IsGoneAsync(node, reshared);
        Refusal.IsTold(
            await home.RunAsync(["cluster", "import", "--ssv", SsvNode.PathOf("single"), .. SsvNode.Stated("single")]),
            "superseded_document"
        );
        Assert.Equal(["returned"], await ReshareAsync(back: false, target: 4));

        Assert.Equal(["sealed", "sealed", "sealed"], await ImportAsync(home, "bulk", "--never-signed"));
        await SignsAsync(node, SsvNode.SharesOf("bulk")[2], target: 1);
        await SignsAsync(node, reshared, target: 5);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await node.SignAsync(reshared, Chain.VoteJson(fill: 9))).Status);
        Assert.Contains(
            "foreign_operator",
            (
                await home.RunAsync([
                    "cluster",
                    "import",
                    "--ssv",
                    SsvNode.PathOf("foreign"),
                    "--never-signed",
                    .. SsvNode.Stated("foreign"),
                ])
            ).Error,
            StringComparison.Ordinal
        );
        await signer.StopAsync();
        (await home.RunAsync("audit", "verify")).Succeeded();

        // At first its share comes in; the second time it comes back.
        async Task<IReadOnlyList<string>> ReshareAsync(bool back, ulong target)
        {
            var done = await ImportAsync(home, "reshare", "--replace");
            await SignsAsync(node, reshared, target);
            await IsGoneAsync(node, dealt);
            if (!back)
            {
                return done;
            }

            Assert.Equal(["sealed"], done);
            (await home.RunAsync("cluster", "revert", HashOf("single"))).Succeeded();
            await IsGoneAsync(node, reshared);
            return await ImportAsync(home, "reshare", "--replace");
        }
    }

    /// <summary>
    /// What our share signs, and two other operators with the shares that ssv-dkg dealt them, is the validator's own signature.
    /// </summary>
    [Fact]
    public async Task Every_duty_combines_with_the_parts_of_two_other_operators()
    {
        using var home = await SsvNode.PrepareAsync();
        await using var signer = await home.StartAsync();
        using var node = SsvNode.Connect(home, signer);
        _ = await ImportAsync(home, "single", "--never-signed");
        var group = SsvNode.Keyshares("single").Validators[0].GroupKey;

        foreach (
            var (json, message) in EveryDuty.Of(group, "0x99dba1aaf5aff44bebd1dc695b83662baa2aeb32", message =>
                Combine(message, 22, 33, 44)
            )
        )
        {
            var ours = await node.SignAsync(SsvNode.SharesOf("single")[0], json);
            Assert.True(ours.Status == HttpStatusCode.OK, $"{message.Type}: {ours.Text}");
            var whole = ThresholdSignature.Combine(
                new Dictionary<ulong, BlsSignature>
                {
                    [11] = BlsSignature.Parse(ours.Signature),
                    [22] = Part(message, 22),
                    [44] = Part(message, 44),
                }
            );
            Assert.Equal((message.Type, Combine(message, 22, 33, 44)), (message.Type, whole));
            Assert.True(
                Bls.Verify(group.Bytes, message.SigningRoot(Chain.Network).Bytes, whole.Bytes),
                $"{message.Type} is not signed by the validator"
            );
        }
    }

    private static BlsSignature Combine(SignableMessage message, params ulong[] operators) =>
        ThresholdSignature.Combine(operators.ToDictionary(id => id, id => Part(message, id)));

    private static BlsSignature Part(SignableMessage message, ulong id)
    {
        var secret = (string)
            Vectors.Read("clusters-ssv/shares.json")["files"]!["single.keyshares.json"]![0]!["operators"]!
                .AsArray()
                .First(one => (ulong)one!["id"]! == id)!["shareSecret"]!;
        using var arena = new SecretArena();
        using var key = BlsSecretKey.FromBigEndian(arena, Convert.FromHexString(secret[2..]));
        var signature = new byte[BlsSignature.Length];
        key.Sign(message.SigningRoot(Chain.Network).Bytes, signature);
        return new BlsSignature(signature);
    }

    private static async Task<IReadOnlyList<string>> ImportAsync(SignerHome home, string name, params string[] options)
    {
        var done = (
            await home.RunAsync(["cluster", "import", "--ssv", SsvNode.PathOf(name), "--json", .. SsvNode.Stated(name), .. options])
        ).Succeeded();
        return [.. JsonNode.Parse(done.Output)!["shares"]!.AsArray().Select(share => (string)share!["done"]!)];
    }

    private static string HashOf(string name) =>
        "0x" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(SsvNode.PathOf(name))));

    private static async Task SignsAsync(SsvNode node, SsvNode.Share share, ulong target)
    {
        var answer = await node.SignAsync(share, Chain.VoteJson(epochsBack: Latest - target));
        Assert.True(answer.Status == HttpStatusCode.OK, $"target {target}: {answer.Text}");
    }

    private static async Task IsGoneAsync(SsvNode node, SsvNode.Share share)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await node.SignAsync(share, Chain.VoteJson())).Status);
        Assert.DoesNotContain(share.Key, await node.ListAsync());
    }
}
