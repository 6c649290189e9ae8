using System.Net;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// The main job, on the published binary: a duty over mutual TLS, a signature made with a sealed share, and the refusal of its opposite.
/// </summary>
public sealed class SigningTests(SignerScene scene) : IClassFixture<SignerScene>
{
    [Fact]
    public async Task Signs_a_vote_and_refuses_another_for_the_same_target()
    {
        var vote = Chain.Vote(fill: 1);

        var signed = await scene.Client.SignAsync(scene.Keys[0], AttestationRequest.Json(vote));
        Assert.Equal(HttpStatusCode.OK, signed.Status);
        Assert.True(Bls.Verify(scene.Keys[0].Bytes, vote.SigningRoot(scene.Network).Bytes, BlsSignature.Parse(signed.Signature).Bytes));

        var refused = await scene.Client.SignAsync(scene.Keys[0], Chain.VoteJson(fill: 2));
        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
        Assert.Equal("double_vote", refused.Reason);
    }
}
