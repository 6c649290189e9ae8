using System.Net;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>The main job, on the published binary: a duty over mutual TLS, a signature made with a sealed share, and the refusal of its opposite.</summary>
public sealed class SigningTests(SignerScene scene) : IClassFixture<SignerScene>
{
    [Fact]
    public async Task Signs_a_vote_and_refuses_another_for_the_same_target()
    {
        var vote = scene.Vote(fill: 1);

        var (status, body) = await scene.SignAsync(scene.Keys[0], AttestationRequest.Json(vote));
        Assert.Equal(HttpStatusCode.OK, status);
        var signature = BlsSignature.Parse(body.GetProperty("signature").GetString());
        Assert.True(Bls.Verify(scene.Keys[0].Bytes, vote.SigningRoot(scene.Network).Bytes, signature.Bytes));

        (status, body) = await scene.SignAsync(scene.Keys[0], AttestationRequest.Json(scene.Vote(fill: 2)));
        Assert.Equal(HttpStatusCode.PreconditionFailed, status);
        Assert.Equal("double_vote", body.GetProperty("reason").GetString());
    }
}
