using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RemoteSigner.Sealing;

namespace RemoteSigner.Tests.Sealing;

public sealed class HsmProfileTests
{
    private static readonly string Folder = FindFolder();
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "schema.json")))!;

    public static IEnumerable<TheoryDataRow<string>> Names() => HsmProfile.Names.Select(name => new TheoryDataRow<string>(name));

    [Fact]
    public void Every_profile_of_the_folder_is_built_in() =>
        Assert.Equal(
            Directory
                .EnumerateFiles(Folder, "*.json")
                .Select(Path.GetFileNameWithoutExtension)
                .Where(name => name != "schema")
                .Order(StringComparer.Ordinal),
            HsmProfile.Names
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_and_keeps_to_the_schema(string name)
    {
        var profile = HsmProfile.Get(name);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));

        Assert.Equal(name, profile.Name);
        Assert.Empty(Violations(json, Schema, "$"));
    }

    [Fact]
    public void Only_what_was_run_is_called_verified()
    {
        Assert.Equal(["opencryptoki", "softhsm2"], HsmProfile.Names.Where(name => HsmProfile.Get(name).Verified is not null));
        Assert.Equal(new HsmVerification(new DateOnly(2026, 11, 22), "2.6.1"), HsmProfile.Get("softhsm2").Verified);
        Assert.Equal(new HsmVerification(new DateOnly(2026, 12, 1), "3.8.1, software token"), HsmProfile.Get("opencryptoki").Verified);
    }

    [Fact]
    public void Reads_a_profile_by_path() =>
        Assert.Equal(HsmProfile.Get("luna").Title, HsmProfile.Get(Path.Combine(Folder, "luna.json")).Title);

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        var unknown = Assert.Throws<HsmProfileException>(() => HsmProfile.Get("sofhsm"));

        Assert.Contains("softhsm2", unknown.Hint, StringComparison.Ordinal);
        Assert.Null(HsmProfile.Find("sofhsm"));
        Assert.Throws<HsmProfileException>(() => HsmProfile.Get("/nowhere/x.json"));
    }

    /// <summary>Each mutation must be refused by the program and by the schema: neither is laxer than the other.</summary>
    [Theory]
    [InlineData("module", null)]
    [InlineData("module", "\"/x.so\"")]
    [InlineData("surprise", "1")]
    [InlineData("login.threads", "0")]
    [InlineData("login.threads", "\"1\"")]
    [InlineData("login.quirk", "true")]
    [InlineData("login.pinFormat", "null")]
    [InlineData("mechanisms", "[]")]
    [InlineData("mechanisms", "[\"recovery\"]")]
    [InlineData("mechanisms", "[3]")]
    [InlineData("mechanisms", "[\"Pkcs11AesGcm\"]")]
    [InlineData("mechanisms", "[\"pkcs11AesGcm, pkcs11RsaOaepSha1\"]")]
    [InlineData("mechanisms", "[\"pkcs11AesGcm\", \"pkcs11AesGcm\"]")]
    [InlineData("rsa.bits", "2048")]
    [InlineData("rsa.publicHalf", null)]
    [InlineData("rsa.publicHalf", "\"both\"")]
    [InlineData("rsa.publicHalf", "\"private,public\"")]
    [InlineData("aesGcm.ivSource", "\"nobody\"")]
    [InlineData("aesGcm.ivPlacement", "\"suffix, prefix\"")]
    [InlineData("aesGcm.ivBytes", "8")]
    [InlineData("keyTemplate.omit", "[\"LABEL\"]")]
    [InlineData("keyTemplate.omit", "[\"3\"]")]
    [InlineData("keyTemplate.omit", "[\"CKA_TOKEN, CKA_PRIVATE\"]")]
    [InlineData("keyTemplate.extra", "{ \"CKA_TOKEN, CKA_PRIVATE\": true }")]
    [InlineData("dataObjects", null)]
    [InlineData("dataObjects.kept", "\"somewhere\"")]
    [InlineData("dataObjects.kept", "1")]
    [InlineData("dataObjects.kept", "\"host,device\"")]
    [InlineData("dataObjects.kept", "\" host \"")]
    [InlineData("dataObjects.kept", "\"Host\"")]
    [InlineData("dataObjects.labelBytes", "31")]
    [InlineData("dataObjects.source", "\"\"")]
    [InlineData("module.paths", "[]")]
    [InlineData("verified", "true")]
    [InlineData("verified", null)]
    public void A_profile_that_breaks_the_schema_is_refused(string path, string? value)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "softhsm2.json")))!;
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(json, (node, name) => node[name]!).AsObject();
        parent.Remove(names[^1]);
        if (value is not null)
        {
            parent[names[^1]] = JsonNode.Parse(value);
        }

        var fault = Assert.Throws<HsmProfileException>(() => HsmProfile.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "a test"));
        Assert.Contains(names[0], fault.Message);
        Assert.DoesNotContain("System.", fault.Message);
        Assert.DoesNotContain("RemoteSigner", fault.Message);
        Assert.NotEmpty(Violations(json, Schema, "$"));
    }

    [Fact]
    public void A_word_that_is_none_is_answered_with_those_that_are()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "softhsm2.json"))
            .Replace("\"publicHalf\": \"private\"", "\"publicHalf\": \"both\"", StringComparison.Ordinal);

        var fault = Assert.Throws<HsmProfileException>(() => HsmProfile.Parse(Encoding.UTF8.GetBytes(text), "a test"));

        Assert.Matches("line [0-9]+: rsa.publicHalf must be one of private, public$", fault.Message);
    }

    [Fact]
    public void A_doubled_member_is_refused()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "softhsm2.json"))
            .Replace("\"fips\":", "\"fips\": \"twice\", \"fips\":", StringComparison.Ordinal);

        Assert.Throws<HsmProfileException>(() => HsmProfile.Parse(Encoding.UTF8.GetBytes(text), "a test"));
    }

    /// <summary>The part of JSON Schema that schema.json uses; an unknown keyword is a failure, so that nothing is passed over.</summary>
    private static IEnumerable<string> Violations(JsonNode? value, JsonNode schema, string at) =>
        schema.AsObject().SelectMany(keyword => Violations(value, keyword.Key, keyword.Value!, schema, at));

    private static IEnumerable<string> Violations(JsonNode? value, string keyword, JsonNode rule, JsonNode schema, string at) =>
        (keyword, value) switch
        {
            ("$schema" or "$id" or "title" or "description", _) => [],
            ("type", _) => Wrong(
                !Types(rule).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(rule).Contains("number")),
                $"{at} is {TypeOf(value)}"
            ),
            ("enum", _) => Wrong(!rule.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)), $"{at} is none of {rule}"),
            ("required", JsonObject members) => rule.AsArray()
                .Select(name => $"{name}")
                .Where(name => !members.ContainsKey(name))
                .Select(name => $"{at}.{name} is missing"),
            ("properties", JsonObject members) => members
                .Where(member => rule[member.Key] is not null)
                .SelectMany(member => Violations(member.Value, rule[member.Key]!, $"{at}.{member.Key}")),
            ("additionalProperties", JsonObject members) => Others(members, schema)
                .SelectMany(member =>
                    rule is JsonValue ? [$"{at}.{member.Key} is unknown"] : Violations(member.Value, rule, $"{at}.{member.Key}")
                ),
            ("propertyNames", JsonObject members) => members.SelectMany(member =>
                Violations(JsonValue.Create(member.Key), rule, $"{at}.{member.Key}")
            ),
            ("items", JsonArray items) => items.SelectMany((item, i) => Violations(item, rule, $"{at}[{i}]")),
            ("minItems", JsonArray items) => Wrong(items.Count < (int)rule, $"{at} is too short"),
            ("uniqueItems", JsonArray items) => Wrong(
                items.Select(item => item!.ToJsonString()).Distinct().Count() != items.Count,
                $"{at} repeats"
            ),
            ("minimum", JsonValue number) => Wrong(TypeOf(number) == "integer" && (int)number < (int)rule, $"{at} is too small"),
            ("maximum", JsonValue number) => Wrong(TypeOf(number) == "integer" && (int)number > (int)rule, $"{at} is too large"),
            ("minLength", JsonValue text) => Wrong(TypeOf(text) == "string" && ((string)text!).Length < (int)rule, $"{at} is too short"),
            ("pattern", JsonValue text) => Wrong(
                TypeOf(text) == "string" && !Regex.IsMatch((string)text!, (string)rule!),
                $"{at} does not match {rule}"
            ),
            (
                "required"
                    or "properties"
                    or "additionalProperties"
                    or "propertyNames"
                    or "items"
                    or "minItems"
                    or "uniqueItems"
                    or "minimum"
                    or "maximum"
                    or "minLength"
                    or "pattern",
                _
            ) => [],
            _ => [$"the test does not know the keyword {keyword}"],
        };

    private static IEnumerable<string> Wrong(bool wrong, string message) => wrong ? [message] : [];

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Others(JsonObject members, JsonNode schema) =>
        members.Where(member => schema["properties"]?[member.Key] is null);

    private static string[] Types(JsonNode rule) => rule is JsonArray many ? [.. many.Select(type => $"{type}")] : [$"{rule}"];

    private static string TypeOf(JsonNode? value) =>
        value?.GetValueKind() switch
        {
            null or System.Text.Json.JsonValueKind.Null => "null",
            System.Text.Json.JsonValueKind.Object => "object",
            System.Text.Json.JsonValueKind.Array => "array",
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Number => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
            _ => "boolean",
        };

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RemoteSigner.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "hsm-profiles");
    }
}
