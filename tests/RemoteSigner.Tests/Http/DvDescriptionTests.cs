using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Http.Dv;

namespace RemoteSigner.Tests.Http;

/// <summary>Holds openapi.json to the code: every route, every member of every answer, and nothing besides.</summary>
public sealed class DvDescriptionTests
{
    private static readonly JsonNode _document = Read();

    public static TheoryData<string> Answers => ["DvValidatorList", "DvValidator", "DvPartial", "DvBatchResult", "DvItemResult", "DvForesight", "DvCombined", "DvCombineError", "DvLockSignatures", "DvLockPartial", "DvLockError", "DvFailedCheck"];

    [Fact]
    public void Every_route_is_described_and_no_other() => Assert.Equal(
        DvRoutes.All.Select(route => $"{route.Verb} {DvRoutes.Root}{route.Path}").Order(),
        _document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(verb => $"{verb.Key.ToUpperInvariant()} {path.Key}")).Order());

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_member_of_an_answer_is_described_and_no_other(string name) =>
        Assert.Equal(TypeOf(name).Properties.Select(member => member.Name).Order(), Schema(name)["properties"]!.AsObject().Select(member => member.Key).Order());

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_member_that_is_always_there_is_required_and_no_other(string name) => Assert.Equal(
        TypeOf(name).Properties.Where(member => !member.IsGetNullable && Nullable.GetUnderlyingType(member.PropertyType) is null).Select(member => member.Name).Order(),
        Schema(name)["required"]!.AsArray().Select(member => (string)member!).Order());

    [Fact]
    public void Every_reference_leads_somewhere() => Assert.All(References(_document), reference =>
        Assert.NotNull(reference.Split('/')[1..].Aggregate((JsonNode?)_document, (node, name) => node?[name])));

    [Fact]
    public void The_limits_are_those_of_the_reader()
    {
        Assert.Equal(WireFormat.MostItems, (int)Schema("DvBatch")["properties"]!["items"]!["maxItems"]!);
        Assert.Equal(WireFormat.MostPartials, (int)Schema("DvCombination")["properties"]!["partials"]!["maxItems"]!);
    }

    private static JsonTypeInfo TypeOf(string name) => DvContext.Default.GetTypeInfo(typeof(DvContext).Assembly.GetType($"{typeof(DvContext).Namespace}.{name}")!)!;

    private static JsonNode Schema(string name) => _document["components"]!["schemas"]![name]!;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        System.Text.Json.Nodes.JsonObject members => members.SelectMany(member => member.Key == "$ref" ? [(string)member.Value!] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    private static JsonNode Read()
    {
        using var file = typeof(DvContext).Assembly.GetManifestResourceStream("openapi.json")!;
        return JsonNode.Parse(file)!;
    }
}
