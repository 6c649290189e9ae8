using System.Text.Json;
using RemoteSigner.Tests;
using RemoteSigner.Tests.Http;

namespace RemoteSigner.AcceptanceTests.Distributed;

/// <summary>The description of sign requests takes what is signed, and not just anything.</summary>
public sealed class RequestDescriptionTests
{
    [Fact]
    public void Every_vector_is_a_request_as_described_and_without_its_duty_it_is_none()
    {
        var schema = AnswerDescriptions.Schema("eth2.json", "SigningRequest");
        var count = 0;
        foreach (
            var request in SignRequestVectors
                .Supported()
                .SelectMany(row => Vectors.Read(row.Data)["vectors"]!.AsArray().Select(vector => vector!["request"]!.AsObject()))
        )
        {
            using var json = JsonDocument.Parse(request.ToJsonString());
            Assert.True(schema.Evaluate(json.RootElement).IsValid, request.ToJsonString());
            foreach (
                var name in request
                    .Select(member => member.Key)
                    .Where(name => name is not ("type" or "fork_info" or "signingRoot" or "signing_root"))
                    .ToList()
            )
            {
                request.Remove(name);
            }

            using var bare = JsonDocument.Parse(request.ToJsonString());
            Assert.False(schema.Evaluate(bare.RootElement).IsValid, request.ToJsonString());
            count++;
        }

        Assert.True(count > 2000, $"{count} requests");
    }
}
