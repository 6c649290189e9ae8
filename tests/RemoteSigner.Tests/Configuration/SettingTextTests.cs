using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Tests.Configuration;

/// <summary>A verb changes one setting, and the rest of the file is the operator's.</summary>
public sealed class SettingTextTests
{
    private static readonly JsonDocumentOptions _commented = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    [Theory]
    [InlineData("""{ "tls": { "list": null } }""", """{ "tls": { "list": 7 } }""")]
    [InlineData(
        """{ "list": 1, "tls": { "deep": { "list": 2 }, /* it */ "list": [1, { "list": 3 }] /* why */, } // end""" + "\n}",
        """{ "list": 1, "tls": { "deep": { "list": 2 }, /* it */ "list": 7 /* why */, } // end""" + "\n}"
    )]
    [InlineData("""{ "tls": { "other": 1 } }""", """{ "tls": { "list": 7, "other": 1 } }""")]
    [InlineData("""{ "tls": { } }""", """{ "tls": { "list": 7  } }""")]
    [InlineData("""{ "tls": {} }""", """{ "tls": { "list": 7 } }""")]
    [InlineData("""{ "other": { "list": 1 } }""", """{ "tls": { "list": 7 }, "other": { "list": 1 } }""")]
    [InlineData("{}", """{ "tls": { "list": 7 } }""")]
    [InlineData("\uFEFF// first\n{ \"tls\": { \"l\\u0069st\": \"\u00fc\" } }", "\uFEFF// first\n{ \"tls\": { \"l\\u0069st\": 7 } }")]
    public void Only_the_value_is_another_one(string text, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(SettingText.Put(Encoding.UTF8.GetBytes(text), "tls", "list", "7")));

    [Fact]
    public void Every_setting_of_a_new_file_can_be_changed_and_no_other_changes_with_it()
    {
        var text = Encoding.UTF8.GetBytes(
            SignerOptionsTemplate.Write(
                new SignerOptions
                {
                    Network = new NetworkOptions { Name = "hoodi" },
                    Seal = new SealOptions { Profile = "softhsm2", Token = "validators" },
                    Clients = new() { ["vc"] = new ClientOptions { Duties = ["everyday"] } },
                }
            )
        );
        var expected = JsonNode.Parse(text, documentOptions: _commented)!.AsObject();

        foreach (
            var (section, name) in expected
                .Where(pair => pair.Value is JsonObject)
                .SelectMany(pair => pair.Value!.AsObject().Select(member => (pair.Key, member.Key)))
                .ToList()
        )
        {
            var changed = JsonNode.Parse(SettingText.Put(text, section, name, "\"new\""), documentOptions: _commented)!;
            var wanted = expected.DeepClone();
            wanted[section]![name] = "new";
            Assert.True(JsonNode.DeepEquals(wanted, changed), $"{section}.{name}");
        }
    }
}
