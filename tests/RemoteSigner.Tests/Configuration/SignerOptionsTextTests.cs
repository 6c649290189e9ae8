using System.Text;
using RemoteSigner.Host.Configuration;

namespace RemoteSigner.Tests.Configuration;

/// <summary>What is wrong in signer.json is told in the operator's words, with its place.</summary>
public sealed class SignerOptionsTextTests
{
    private const string Rest = """
        "network": { "name": "hoodi" },
        "seal": { "profile": "softhsm2", "token": "validators" },
        "clients": { "vc": { "duties": ["everyday"] } }
        """;

    [Theory]
    [InlineData("\"freshness\": {}", "line 2: unknown setting 'freshness': it is called rollbackProtection now")]
    [InlineData(
        "\"rollbackProtection\": { \"witness\": 1 }",
        "line 2: unknown setting 'rollbackProtection.witness': it is called anchor now"
    )]
    [InlineData(
        "\"rollbackProtection\": {\n\"floorsHealth\": 1 }",
        "line 3: unknown setting 'rollbackProtection.floorsHealth': it is called lowWatermarksHealth now"
    )]
    [InlineData(
        "\"registrations\": { \"leastGasLimit\": 1 }",
        "line 2: unknown setting 'registrations.leastGasLimit': it is called minGasLimit now"
    )]
    [InlineData(
        "\"registrations\": { \"mostGasLimit\": 1 }",
        "line 2: unknown setting 'registrations.mostGasLimit': it is called maxGasLimit now"
    )]
    [InlineData("\"api\": {\n\n\"lisen\": 1 }", "line 4: unknown setting 'api.lisen': did you mean listen?")]
    [InlineData("\"api\": { \"hostAllowList\": [] }", "line 2: unknown setting 'api.hostAllowList': did you mean hostAllowlist?")]
    [InlineData("\"api\": { \"colour\": { \"listen\": 1 } }", "line 2: unknown setting 'api.colour'")]
    [InlineData("\"witness\": 1", "line 2: unknown setting 'witness'")]
    [InlineData("\"anchor\": 1", "line 2: unknown setting 'anchor'")]
    [InlineData("\"api\": {}, \"api\": {}", "line 2: api appears twice")]
    [InlineData("\"api\": { \"listen\": \"\",\n\"listen\": \"\" }", "line 3: api.listen appears twice")]
    [InlineData("\"api\": { \"loopbackHttp\": { \"1\": \"a\", \"1\": \"b\" } }", "line 2: api.loopbackHttp.1 appears twice")]
    [InlineData("\"api\": { \"keepAliveSeconds\": \"75\" }", "line 2: api.keepAliveSeconds must be a whole number, 2147483647 at most")]
    [InlineData("\"api\": { \"keepAliveSeconds\": null }", "line 2: api.keepAliveSeconds must be a whole number, 2147483647 at most")]
    [InlineData("\"api\": { \"maxBodyBytes\": 1.5 }", "line 2: api.maxBodyBytes must be a whole number, 9223372036854775807 at most")]
    [InlineData("\"slashing\": { \"keepEpochs\": -1 }", "line 2: slashing.keepEpochs must be a whole number, 0 to 18446744073709551615")]
    [InlineData(
        "\"registrations\": { \"maxGasLimit\": [] }",
        "line 2: registrations.maxGasLimit must be a whole number, 0 to 18446744073709551615"
    )]
    [InlineData("\"api\": { \"listen\": 9000 }", "line 2: api.listen must be text")]
    [InlineData("\"api\": { \"listen\": null }", "line 2: api.listen must be text")]
    [InlineData("\"tls\": { \"allowTls12\": \"yes\" }", "line 2: tls.allowTls12 must be true or false")]
    [InlineData("\"api\": { \"hostAllowlist\": \"*\" }", "line 2: api.hostAllowlist must be a list")]
    [InlineData("\"api\": { \"hostAllowlist\": [\"a\", 1] }", "line 2: api.hostAllowlist[1] must be text")]
    [InlineData("\"tpm\": { \"pcrs\": [7, null] }", "line 2: tpm.pcrs[1] must be a whole number, 2147483647 at most")]
    [InlineData("\"api\": { \"hostAllowlist\": [\"a\", null] }", "line 2: api.hostAllowlist[1] must be text")]
    [InlineData("\"api\": { \"hostAllowlist\": null }", "line 2: api.hostAllowlist must be a list")]
    [InlineData("\"api\": { \"loopbackHttp\": { \"9000\": null } }", "line 2: api.loopbackHttp.9000 must be text")]
    [InlineData("\"distributed\": { \"clusters\": { \"0x1\": null } }", "line 2: distributed.clusters.0x1 must be an object")]
    [InlineData("\"distributed\": { \"groups\": [null] }", "line 2: distributed.groups[0] must be an object")]
    [InlineData("\"api\": [ { \"listen\": 1 } ]", "line 2: api must be an object")]
    [InlineData("\"api\": null", "line 2: api must be an object")]
    [InlineData("\"distributed\": { \"clusters\": { \"0x1\": { \"2\": 3 } } }", "line 2: distributed.clusters.0x1.2 must be text")]
    [InlineData(
        "\"distributed\": { \"groups\": [{ \"threshold\": 2, \"compositePublicKey\": \"\" }] }",
        "line 2: distributed.groups[0].participants is missing"
    )]
    public void A_fault_is_told_with_its_place(string setting, string expected) =>
        Assert.Equal($"signer.json: {expected}", Told($"{{\n{setting},\n{Rest}\n}}"));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" \n", "it is empty")]
    [InlineData("{", "line 1, byte 2: it is not JSON")]
    [InlineData("{\n\"api\": {}\n\"tls\": {} }", "line 3, byte 1: it is not JSON: '\"' is invalid after a value")]
    [InlineData("null", "line 1: it must be an object")]
    [InlineData("[]", "line 1: it must be an object")]
    [InlineData("{}", "line 1: network is missing; line 1: seal is missing; line 1: clients is missing")]
    [InlineData("{ \"\\ud800\": 1 }", "line 1: a text is not UTF-8, or has half a surrogate pair")]
    [InlineData("{\n\"payloadVotes\": \"\\udc00x\" }", "line 2: a text is not UTF-8, or has half a surrogate pair")]
    [InlineData("{} {}", "it is not JSON")]
    public void What_is_no_such_file_is_told(string text, string expected) => Assert.Contains(expected, Told(text));

    [Fact]
    public void All_faults_are_told_at_once() =>
        Assert.Equal(
            "signer.json: line 1: unknown setting 'freshness': it is called rollbackProtection now; line 1: log must be an object; "
                + "line 2: slashing.keepEpochs must be a whole number, 0 to 18446744073709551615",
            Told($"{{ \"freshness\": {{}}, \"log\": 1,\n\"slashing\": {{ \"keepEpochs\": false }}, {Rest} }}")
        );

    [Fact]
    public void Of_very_many_faults_the_first_are_told_in_no_time()
    {
        var told = Told($"{{ {string.Join(",\n", Enumerable.Repeat("\"no\": 0", 100_000))} }}");

        Assert.StartsWith("signer.json: line 1: unknown setting 'no'; line 2: no appears twice;", told, StringComparison.Ordinal);
        Assert.EndsWith("; and more", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 1, 1000);
    }

    [Fact]
    public void That_it_is_not_JSON_comes_before_all_else() =>
        Assert.Matches(
            "^signer.json: line 1, byte [0-9]+: it is not JSON.*; line 1: unknown setting 'no00'; .*; and more$",
            Told($"{{ {string.Concat(Enumerable.Range(0, 30).Select(i => $"\"no{i:00}\": 0,"))} ]")
        );

    [Fact]
    public void A_file_with_comments_and_a_trailing_comma_is_read()
    {
        var options = SignerOptionsText.Read(
            Encoding.UTF8.GetBytes($"// why\n{{ /* it */ {Rest}, \"registrations\": {{ \"maxGasLimit\": null }}, }}"),
            "signer.json"
        );

        Assert.Equal("hoodi", options.Network.Name);
        Assert.Null(options.Registrations.MaxGasLimit);
    }

    [Fact]
    public void A_name_in_it_draws_nothing_on_the_terminal_and_is_cut() =>
        Assert.InRange(Told($"{{ \"\\u001b[2J{new string('x', 1000)}\": 1, {Rest} }}").Length, 1, 400);

    private static string Told(string text)
    {
        var fault = Assert.Throws<ConfigurationException>(() => SignerOptionsText.Read(Encoding.UTF8.GetBytes(text), "signer.json"));
        Assert.DoesNotContain("System.", fault.Message);
        Assert.DoesNotContain("Options", fault.Message);
        Assert.DoesNotContain("\u001b", fault.Message);
        return fault.Message;
    }
}
