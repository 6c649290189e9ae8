using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Host.Http;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

public sealed class WireFormatVectorTests
{
    [Theory]
    [MemberData(nameof(SignRequestVectors.Supported), MemberType = typeof(SignRequestVectors))]
    public void Every_request_has_the_expected_signing_root(string file)
    {
        var network = SignRequestVectors.NetworkOf(file);
        Assert.All(VectorsIn(file), vector =>
        {
            var expected = Root.Parse(vector["signingRoot"]!.GetValue<string>());

            Assert.True(WireFormat.TryReadSignRequest(BodyOf(vector), out var request, out var fault), fault?.Detail);

            Assert.Equal(expected, request.Message.SigningRoot(network));
            Assert.Equal(HasClaim(vector) ? expected : null, request.ClaimedSigningRoot);
        });
    }

    [Theory]
    [MemberData(nameof(SignRequestVectors.Foreign), MemberType = typeof(SignRequestVectors))]
    public void A_type_that_Web3Signer_has_not_is_malformed(string file) => Assert.All(VectorsIn(file), vector =>
    {
        Assert.False(WireFormat.TryReadSignRequest(BodyOf(vector), out _, out var fault));
        Assert.Equal(MalformedRequest.UnknownType, fault.Reason);
    });

    [Theory]
    [MemberData(nameof(SignRequestVectors.Unsupported), MemberType = typeof(SignRequestVectors))]
    public void An_aggregate_of_a_fork_with_another_schema_is_refused_by_its_version(string file) => Assert.All(VectorsIn(file), vector =>
    {
        Assert.False(WireFormat.TryReadSignRequest(BodyOf(vector), out _, out var fault));
        Assert.Equal(MalformedRequest.UnsupportedFork, fault.Reason);
    });

    [Theory]
    [MemberData(nameof(SignRequestVectors.Unsupported), MemberType = typeof(SignRequestVectors))]
    public void An_aggregate_of_a_fork_with_another_schema_has_no_root_even_when_its_version_lies(string file) => Assert.All(VectorsIn(file), vector =>
    {
        vector["request"]!["aggregate_and_proof"]!["version"] = "ELECTRA";

        Assert.True(WireFormat.TryReadSignRequest(BodyOf(vector), out var request, out _));
        Assert.Throws<SpecException>(() => request.Message.SigningRoot(SignRequestVectors.NetworkOf(file)));
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
            Assert.Equal(Root.Parse(vector["signingRoot"]!.GetValue<string>()), read.Message.SigningRoot(SignRequestVectors.NetworkOf(file)));
        });
    }

    [Fact]
    public void The_vectors_cover_every_duty()
    {
        Vectors.Path("sign-requests");
        var covered = SignRequestVectors.Supported()
            .Select(row => VectorsIn(row.Data)[0])
            .Select(vector => WireFormat.TryReadSignRequest(BodyOf(vector), out var request, out _) ? request.Message.Type : default);

        Assert.Equal(Enum.GetValues<DutyType>().Except([DutyType.ClusterLock]), covered.Distinct().Order());
    }

    private static JsonNode[] VectorsIn(string file) => [.. Vectors.Read(file)["vectors"]!.AsArray().OfType<JsonNode>()];

    private static byte[] BodyOf(JsonNode vector) => Encoding.UTF8.GetBytes(vector["request"]!.ToJsonString());

    private static bool HasClaim(JsonNode vector) => vector["request"]!["signingRoot"] is not null || vector["request"]!["signing_root"] is not null;
}
