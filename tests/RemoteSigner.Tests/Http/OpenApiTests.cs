using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Http.Distributed;
using RemoteSigner.Host.Http.Dv;
using RemoteSigner.Host.Running;

namespace RemoteSigner.Tests.Http;

/// <summary>Holds the OpenAPI documents to the code: every endpoint, every member of every answer, and nothing besides.</summary>
public sealed class OpenApiTests
{
    private static readonly Dictionary<string, JsonNode> _documents = OpenApiDocuments.Names.ToDictionary(
        name => name,
        name => JsonNode.Parse(OpenApiDocuments.Read(name))!
    );

    // By schema: the document, who serialises it, and the type's name where it differs.
    public static TheoryData<string, string> Answers =>
        new()
        {
            { "dv.json", "DvValidatorList" },
            { "dv.json", "DvValidator" },
            { "dv.json", "DvEvaluation" },
            { "dv.json", "DvCombined" },
            { "dv.json", "DvCombineError" },
            { "dv.json", "DvLockSignatures" },
            { "dv.json", "DvLockPartial" },
            { "dv.json", "DvLockError" },
            { "dv.json", "DvFailedCheck" },
            { "eth2.json", "Account" },
            { "eth2.json", "AccountParticipant" },
            { "eth2.json", "PartialSigningResponse" },
            { "eth2.json", "SignBatchError" },
            { "eth2.json", "Error" },
            { "keymanager.json", "Error" },
            { "operations.json", "Health" },
            { "operations.json", "HealthCheck" },
            { "operations.json", "Reload" },
            { "eth2.json", "HighWatermark" },
        };

    [Fact]
    public void Every_endpoint_is_described_once_and_no_other() =>
        Assert.Equal(
            ApiRoutes.All.Select(route => $"{route.Verb} {route.Path}").Order(),
            _documents
                .Values.SelectMany(document => document["paths"]!.AsObject())
                .SelectMany(path => path.Value!.AsObject().Select(verb => $"{verb.Key.ToUpperInvariant()} {path.Key}"))
                .Order()
        );

    /// <summary>
    /// What brings keys in or takes them out, speaks as an operator, tells where other signers are or asks the TPM: a loopback listener has
    /// none of it.
    /// </summary>
    [Fact]
    public void Endpoints_for_clients_with_a_certificate_alone_are_these() =>
        Assert.Equal(
            ApiRoutes
                .All.Where(route =>
                    new[] { "/eth/v1/", "/v1/", "/api/v1/eth2/distributed/", "/attestation" }.Any(start =>
                        route.Path.StartsWith(start, StringComparison.Ordinal)
                    )
                )
                .Select(route => $"{route.Verb} {route.Path}"),
            ApiRoutes.All.Where(route => route.Door.TakesCertificate).Select(route => $"{route.Verb} {route.Path}")
        );

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_member_of_an_answer_is_described_and_no_other(string document, string name) =>
        Assert.Equal(
            TypeOf(name).Properties.Select(member => member.Name).Order(),
            Schema(document, name)["properties"]!.AsObject().Select(member => member.Key).Order()
        );

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_member_that_is_always_there_is_required_and_no_other(string document, string name) =>
        Assert.Equal(
            TypeOf(name)
                .Properties.Where(member => !member.IsGetNullable && Nullable.GetUnderlyingType(member.PropertyType) is null)
                .Select(member => member.Name)
                .Order(),
            (Schema(document, name)["required"]?.AsArray() ?? []).Select(member => (string)member!).Order()
        );

    [Fact]
    public void The_limits_are_those_of_the_reader()
    {
        Assert.Contains(
            $" {WireFormat.MaxBatchLength} bytes",
            (string)Schema("eth2.json", "SignBatch")["description"]!,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"Up to {BatchSigning.PartLength} keys are decided together",
            (string)_documents["eth2.json"]["paths"]!["/api/v1/eth2/sign"]!["post"]!["description"]!,
            StringComparison.Ordinal
        );
        Assert.Equal(WireFormat.MaxPartials, (int)Schema("dv.json", "DvCombination")["properties"]!["partials"]!["maxItems"]!);
        Assert.Equal(SsvBody.MaxShares, (int)Schema("ssv.json", "Import")["properties"]!["share_keys"]!["maxItems"]!);
    }

    private static JsonTypeInfo TypeOf(string name)
    {
        var (type, context) = name switch
        {
            "Error" => (typeof(ErrorBody), (JsonSerializerContext)WireContext.Default),
            "Health" => (typeof(HealthReport), WireContext.Default),
            "HealthCheck" => (typeof(HealthReport.Check), WireContext.Default),
            "Reload" => (typeof(ReloadReport), WireContext.Default),
            "HighWatermark" => (typeof(HighWatermarkBody), WireContext.Default),
            "SignBatchError" => (typeof(SignBatchError), SignBatchContext.Default),
            _ when name.StartsWith("Dv", StringComparison.Ordinal) => (
                typeof(DvContext).Assembly.GetType($"{typeof(DvContext).Namespace}.{name}")!,
                DvContext.Default
            ),
            _ => (
                typeof(DistributedContext).Assembly.GetType($"{typeof(DistributedContext).Namespace}.{name}")!,
                DistributedContext.Default
            ),
        };
        return context.GetTypeInfo(type)!;
    }

    private static JsonNode Schema(string document, string name) => _documents[document]["components"]!["schemas"]![name]!;
}
