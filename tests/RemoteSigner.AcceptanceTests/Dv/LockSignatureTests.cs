using System.Net;
using System.Text.Json.Nodes;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Dv;

/// <summary>Four signers sign a proposed lock, and the sum of what they answer is the lock's own aggregate.</summary>
public sealed class LockSignatureTests(DvScene scene) : IClassFixture<DvScene>
{
    private string Hash => (string)scene.Lock["lock_hash"]!;

    private string Unsigned
    {
        get
        {
            var proposal = scene.Lock.DeepClone();
            (proposal["signature_aggregate"], proposal["node_signatures"]) = ("0x", new JsonArray());
            return proposal.ToJsonString();
        }
    }

    [Fact]
    public async Task All_shares_signatures_add_up_to_the_locks_aggregate()
    {
        var signatures = new List<byte[]>();
        foreach (var keeper in scene.Keepers)
        {
            var answer = await PostAsync(keeper, Hash, Unsigned);
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            signatures.AddRange(
                answer
                    .Json.GetProperty("partials")
                    .EnumerateArray()
                    .Select(partial => BlsSignature.Parse(partial.GetProperty("partial_signature").GetString()).Bytes.ToArray())
            );
        }

        var sum = new byte[BlsSignature.Length];
        Bls.Combine(signatures, [.. signatures.Select(_ => BlsScalar.FromIndex(1))], sum);
        Assert.Equal((string)scene.Lock["signature_aggregate"]!, Hex.Format(sum));
    }

    [Fact]
    public async Task Nobody_may_who_was_not_given_it_by_name()
    {
        foreach (var client in (HttpClient[])[scene.Nodes[0], scene.Admin])
        {
            var answer = await PostAsync(client, Hash, Unsigned);
            Assert.Equal((HttpStatusCode.NotFound, "unknown_key"), (answer.Status, answer.Reason));
        }
    }

    [Fact]
    public async Task A_lock_that_does_not_hold_is_not_signed_and_says_why()
    {
        var richer = JsonNode.Parse(Unsigned)!;
        richer["cluster_definition"]!["threshold"] = 4;
        var other = "0x" + new string('1', 64);
        var addressless = JsonNode.Parse(Unsigned)!;
        addressless["cluster_definition"]!["validators"]!.AsArray().RemoveAt(0);

        foreach (
            var (hash, body, check) in ((string, string, string)[])
                [
                    (Hash, richer.ToJsonString(), "degree"),
                    (Hash, richer.ToJsonString(), "lock_hash"),
                    (other, Unsigned, "lock_hash"),
                    (Hash, addressless.ToJsonString(), "counts"),
                ]
        )
        {
            var answer = await PostAsync(scene.Keepers[0], hash, body);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "lock_not_verified"), (answer.Status, answer.Reason));
            Assert.Contains(
                check,
                answer.Json.GetProperty("checks").EnumerateArray().Select(failure => failure.GetProperty("check").GetString())
            );
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(scene.Keepers[0], Hash, "{}")).Status);
    }

    private static Task<ApiAnswer> PostAsync(HttpClient client, string hash, string body) =>
        DvScene.PostAsync(client, $"/clusters/{hash}/lock-signatures", body);
}
