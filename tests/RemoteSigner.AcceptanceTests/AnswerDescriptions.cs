using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// Holds every answer that a test of this project gets over HTTP against the OpenAPI documents that the signer serves, by a validator of
/// others: its status must be described, and its body must be what is described.
/// </summary>
internal static class AnswerDescriptions
{
    private static readonly Dictionary<string, JsonNode> _documents = Directory
        .GetFiles(Path.Combine(Repository.Root, "src", "RemoteSigner.Host", "Http", "OpenApi"), "*.json")
        .ToDictionary(file => Path.GetFileName(file), file => JsonNode.Parse(File.ReadAllText(file))!);

    private static readonly Dictionary<(string Verb, string Path, int Status), JsonSchema?> _answers = ReadAnswers();

    private static readonly string[][] _paths = [.. _answers.Keys.Select(answer => answer.Path).Distinct().Select(path => path.Split('/'))];

    /// <summary>What a description calls one of its schemas.</summary>
    public static JsonSchema Schema(string document, string name) =>
        Build(document, new JsonObject { ["$ref"] = $"#/components/schemas/{name}" });

    [ModuleInitializer]
    internal static void Begin() => ApiCalls.Inspect = Inspect;

    private static void Inspect(HttpMethod method, string asked, ApiAnswer answer)
    {
        if (PathOf(asked) is not { } path || !_answers.Keys.Any(one => one.Path == path && one.Verb == method.Method))
        {
            Assert.True((int)answer.Status >= 400, $"{method} {asked} is not described, and was answered {answer.Status}");
            return;
        }

        var isJson = answer.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true;

        // Of 'connect', in the place of a signer that is gone.
        if (
            isJson
            && answer.Status is (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable)
            && answer.Text.Contains("\"reason\":\"signer_", StringComparison.Ordinal)
        )
        {
            return;
        }

        // No such endpoint on this listener.
        if (answer.Status == HttpStatusCode.NotFound && isJson && answer.Reason is null)
        {
            return;
        }

        Assert.True(
            _answers.TryGetValue((method.Method, path, (int)answer.Status), out var schema),
            $"{method} {path}: {(int)answer.Status} is not described: {answer.Text}"
        );
        Assert.True(!isJson || schema is not null, $"{method} {path}: {(int)answer.Status} is described without JSON: {answer.Text}");
        if (isJson)
        {
            using var json = JsonDocument.Parse(answer.Text);
            Assert.True(
                schema!.Evaluate(json.RootElement).IsValid,
                $"{method} {path}: {(int)answer.Status} is not as described: {answer.Text}"
            );
        }
    }

    private static string? PathOf(string asked)
    {
        var segments = asked.Split('?')[0].Split('/');
        return _paths
            .Where(path =>
                path.Length == segments.Length
                && path.Zip(segments).All(pair => pair.First == pair.Second || (pair.First.StartsWith('{') && pair.Second.Length > 0))
            )
            .OrderBy(path => path.Count(segment => segment.StartsWith('{')))
            .Select(path => string.Join('/', path))
            .FirstOrDefault();
    }

    private static Dictionary<(string Verb, string Path, int Status), JsonSchema?> ReadAnswers()
    {
        var answers = new Dictionary<(string Verb, string Path, int Status), JsonSchema?>();
        foreach (var (document, root) in _documents)
        {
            foreach (var (path, verbs) in root["paths"]!.AsObject())
            {
                foreach (var (verb, operation) in verbs!.AsObject())
                {
                    foreach (var (status, response) in operation!["responses"]!.AsObject())
                    {
                        var described = response!["$ref"] is { } reference
                            ? root["components"]!["responses"]![((string)reference!).Split('/')[^1]]!
                            : response;
                        var schema = described["content"]?["application/json"]?["schema"];
                        answers[(verb.ToUpperInvariant(), path, int.Parse(status))] = schema is null
                            ? null
                            : Build(document, schema.DeepClone().AsObject());
                    }
                }
            }
        }

        return answers;
    }

    // A schema with all that its document defines beside it.
    private static JsonSchema Build(string document, JsonObject schema)
    {
        var whole = new JsonObject
        {
            ["allOf"] = new JsonArray(schema),
            ["$defs"] = _documents[document]["components"]!["schemas"]!.DeepClone(),
        };
        return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }
}
