using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Host.Http;
using RemoteSigner.Native;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

public sealed class WireFormatVectorTests
{
    private const int EmptyAuths = 2;

    [Theory]
    [MemberData(nameof(SignRequestVectors.Supported), MemberType = typeof(SignRequestVectors))]
    public void Every_request_has_the_expected_signing_root(string file)
    {
        var network = SignRequestVectors.NetworkOf(file);
        Assert.All(VectorsIn(file).Where(vector => !SignRequestVectors.IsEmptyAuth(vector)), vector =>
        {
            var expected = ExpectedOf(vector);

            Assert.True(WireFormat.TryReadSignRequest(BodyOf(vector), out var request, out var fault), fault?.Detail);

            var root = request.Message.WithRoot(network).SigningRoot;
            Assert.Equal(expected ?? root, root);
            Assert.True(
                Bls.Verify(
                    BlsPublicKey.Parse(vector["publicKey"]!.GetValue<string>()).Bytes,
                    root.Bytes,
                    BlsSignature.Parse(vector["signature"]!.GetValue<string>()).Bytes
                )
            );
            Assert.Equal(HasClaim(vector) ? root : null, request.ClaimedSigningRoot);
        });
    }

    [Theory]
    [MemberData(nameof(SignRequestVectors.Foreign), MemberType = typeof(SignRequestVectors))]
    public void A_type_that_is_none_of_ours_is_malformed(string file) => Assert.All(VectorsIn(file), vector =>
        {
            if (WireFormat.TryReadSignRequest(BodyOf(vector), out var request, out var fault))
            {
                Assert.Throws<SpecException>(() => request.Message.WithRoot(SignRequestVectors.NetworkOf(file)));
            }
            else
            {
                Assert.Contains(fault.Reason, (string[])[MalformedRequest.UnknownType, MalformedRequest.UnsupportedFork]);
            }
        });

    /// <summary>As an SSV node sends them: the first name, and the shape of the fork without a wrapper that names it.</summary>
    [Theory]
    [InlineData("electra")]
    [InlineData("fulu")]
    public void An_aggregate_under_the_old_name_may_have_the_shape_of_Electra(string fork)
    {
        var file = $"sign-requests/mainnet/AGGREGATE_AND_PROOF_V2.{fork}.json";
        Assert.All(VectorsIn(file), vector =>
        {
            var request = vector["request"]!;
            request["type"] = "AGGREGATE_AND_PROOF";
            request["aggregate_and_proof"] = request["aggregate_and_proof"]!["data"]!.DeepClone();

            Assert.True(WireFormat.TryReadSignRequest(BodyOf(vector), out var read, out var fault), fault?.Detail);
            Assert.Equal(
                Root.Parse(vector["signingRoot"]!.GetValue<string>()),
                read.Message.SigningRoot(SignRequestVectors.NetworkOf(file))
            );
        });
    }

    /// <summary>The executable specification makes a root of it, and builder-specs calls it invalid.</summary>
    [Fact]
    public void A_builder_is_not_asked_with_empty_data()
    {
        var empty = SignRequestVectors
            .Supported()
            .Where(row => row.Data.Contains("BUILDER_REQUEST_AUTH", StringComparison.Ordinal))
            .SelectMany(row => VectorsIn(row.Data))
            .Where(SignRequestVectors.IsEmptyAuth)
            .ToList();

        Assert.Equal(EmptyAuths, empty.Count);
        Assert.All(empty, vector =>
        {
            Assert.False(WireFormat.TryReadSignRequest(BodyOf(vector), out _, out var fault));
            Assert.Equal(MalformedRequest.MalformedMember, fault.Reason);
        });
    }

    [Fact]
    public void The_vectors_cover_every_duty()
    {
        Vectors.Path("sign-requests");
        var covered = SignRequestVectors
            .Supported()
            .Select(row => VectorsIn(row.Data)[0])
            .Select(vector => WireFormat.TryReadSignRequest(BodyOf(vector), out var request, out _) ? request.Message.Type : default);

        Assert.Equal(Enum.GetValues<DutyType>().Except([DutyType.ClusterLock]), covered.Distinct().Order());
    }

    // Of a recorded request nobody wrote the root down: the signature tells.
    private static Root? ExpectedOf(JsonNode vector) => vector["signingRoot"] is { } root ? Root.Parse(root.GetValue<string>()) : null;

    private static JsonNode[] VectorsIn(string file) => [.. Vectors.Read(file)["vectors"]!.AsArray().OfType<JsonNode>()];

    private static byte[] BodyOf(JsonNode vector) => Encoding.UTF8.GetBytes(vector["request"]!.ToJsonString());

    private static bool HasClaim(JsonNode vector) =>
        vector["request"]!["signingRoot"] is not null || vector["request"]!["signing_root"] is not null;
}
