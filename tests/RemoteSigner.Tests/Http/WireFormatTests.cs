using System.Text;
using RemoteSigner.Host.Http;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

public sealed class WireFormatTests
{
    private const string Root1 = "0x1111111111111111111111111111111111111111111111111111111111111111";
    private const string Root2 = "0x2222222222222222222222222222222222222222222222222222222222222222";

    private const string ForkInfo = $$"""
        "fork_info":{"fork":{"previous_version":"0x04000000","current_version":"0x05000000","epoch":"364032"},"genesis_validators_root":"{{Root1}}"}
        """;

    private const string Attestation = $$"""
        {"type":"ATTESTATION",{{ForkInfo}},"attestation":{"slot":"12345678","index":"0","beacon_block_root":"{{Root2}}",
        "source":{"epoch":"385801","root":"{{Root1}}"},"target":{"epoch":"385802","root":"{{Root2}}"} } }
        """;

    [Fact]
    public void Reads_an_attestation_with_everything_policy_and_log_need()
    {
        var attestation = Assert.IsType<Attestation>(Read(Attestation).Message);

        Assert.Equal(DutyType.Attestation, attestation.Type);
        Assert.Equal(new SlashableContent.Attestation(new Epoch(385801), new Epoch(385802), new Slot(12345678)), attestation.Slashable);
        Assert.Equal(new Slot(12345678), attestation.DutySlot);
        Assert.Equal(new Epoch(385802), attestation.DutyEpoch);
        Assert.Equal(Root.Parse(Root1), attestation.GenesisValidatorsRoot);
        Assert.Equal(new Checkpoint(new Epoch(385802), Root.Parse(Root2)), attestation.Vote.Target);
        Assert.Equal(ForkVersion.Parse("0x05000000"), attestation.ForkInfo.CurrentVersion);
    }

    [Theory]
    [InlineData("\"ATTESTATION\"", "\"attestation\"")]
    [InlineData("\"ATTESTATION\"", "\"Attestation\"")]
    [InlineData("\"12345678\"", "12345678")]
    [InlineData("\"12345678\"", "\"0012345678\"")]
    [InlineData("\"0x05000000\"", "\"05000000\"")]
    [InlineData("\"index\"", "\"unknown\":{\"deep\":[{\"slot\":1},{\"slot\":2}]},\"index\"")]
    [InlineData("{\"type\"", "{\"block\":{},\"type\"")]
    [InlineData("{\"type\"", "{\"signing_root\":null,\"type\"")]
    [InlineData("{\"type\"", "  {\n\"type\"")]
    public void Reads_the_same_message_in_other_spellings(string usual, string other) =>
        Assert.Equal(Read(Attestation), Read(Attestation.Replace(usual, other)));

    [Theory]
    [InlineData("signingRoot")]
    [InlineData("signing_root")]
    public void Reads_the_claimed_root_under_both_names(string name) =>
        Assert.Equal(Root.Parse(Root2), Read(Attestation.Replace("{\"type\"", $"{{\"{name}\":\"{Root2}\",\"type\"")).ClaimedSigningRoot);

    [Fact]
    public void Accepts_the_claimed_root_under_both_names_at_once_only_when_they_agree()
    {
        var both = Attestation.Replace("{\"type\"", $"{{\"signing_root\":\"{Root2}\",\"signingRoot\":\"{Root2}\",\"type\"");

        Assert.Equal(Root.Parse(Root2), Read(both).ClaimedSigningRoot);
        Assert.Equal(MalformedRequest.DoubledMember, Fault(both.Replace($"signingRoot\":\"{Root2}", $"signingRoot\":\"{Root1}")).Reason);
    }

    [Theory]
    [InlineData("\"type\":\"ATTESTATION\",", "", "type is required")]
    [InlineData("\"type\":", "\"tpye\":", "type is required")]
    [InlineData("\"fork\":", "\"frok\":", "fork_info.fork is required")]
    [InlineData("\"genesis_validators_root\":", "\"gvr\":", "fork_info.genesis_validators_root is required")]
    [InlineData("\"attestation\":", "\"block\":", "attestation is required")]
    [InlineData("\"slot\":\"12345678\",", "", "attestation.slot is required")]
    [InlineData("\"12345678\"", "null", "attestation.slot is required")]
    [InlineData("\"target\":{\"epoch\":", "\"target\":{\"epcoh\":", "attestation.target.epoch is required")]
    public void Names_the_member_that_is_missing_misspelt_or_null(string right, string wrong, string detail) =>
        Assert.Equal(new MalformedRequest(MalformedRequest.MissingMember, detail), Fault(Replace(right, wrong)));

    [Theory]
    [InlineData("\"type\":", "\"Type\":", "type")]
    [InlineData("\"fork_info\":", "\"forkInfo\":", "fork_info")]
    [InlineData("\"previous_version\":", "\"previousVersion\":", "fork_info.fork.previous_version")]
    [InlineData("\"slot\":", "\"SLOT\":\"1\",\"slot\":", "attestation.slot")]
    [InlineData("{\"type\":", "{\"SigningRoot\":\"0x12\",\"type\":", "signing_root")]
    public void Names_a_member_that_stands_there_in_another_spelling(string right, string wrong, string path) =>
        Assert.Equal(
            new MalformedRequest(
                MalformedRequest.MalformedMember,
                $"{path} stands there in another spelling: names are written as the API has them"
            ),
            Fault(Replace(right, wrong))
        );

    [Fact]
    public void A_null_payload_is_missing() =>
        Assert.Equal(
            new MalformedRequest(MalformedRequest.MissingMember, "attestation is required"),
            Fault($$"""{"type":"ATTESTATION",{{ForkInfo}},"attestation":null}""")
        );

    [Theory]
    [InlineData("\"type\":", "\"type\":\"BLOCK\",\"type\":", "type")]
    [InlineData("\"slot\":", "\"slot\":\"1\",\"slot\":", "attestation.slot")]
    [InlineData("\"slot\":", "\"slot\":null,\"slot\":", "attestation.slot")]
    [InlineData("\"attestation\":", "\"attestation\":{},\"attestation\":", "attestation")]
    [InlineData("\"fork\":", "\"fork\":{},\"fork\":", "fork_info.fork")]
    [InlineData("{\"type\"", "{\"signingRoot\":null,\"signingRoot\":null,\"type\"", "signingRoot")]
    public void A_doubled_member_is_malformed(string right, string wrong, string path) =>
        Assert.Equal(new MalformedRequest(MalformedRequest.DoubledMember, $"{path} stands there twice"), Fault(Replace(right, wrong)));

    [Theory]
    [InlineData("18446744073709551616")]
    [InlineData("\"18446744073709551616\"")]
    [InlineData("-1")]
    [InlineData("\"-1\"")]
    [InlineData("\"+1\"")]
    [InlineData("\"0x10\"")]
    [InlineData("\"ff\"")]
    [InlineData("\"\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1 \"")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("\"\\u0031\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void A_number_is_0_to_2_to_the_64_less_1_in_decimal(string value)
    {
        var fault = Fault(Replace("\"12345678\"", value));

        Assert.Equal(MalformedRequest.MalformedMember, fault.Reason);
        Assert.StartsWith("attestation.slot must be a decimal number", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_number_is_read() =>
        Assert.Equal(new Slot(ulong.MaxValue), Read(Replace("\"12345678\"", "18446744073709551615")).Message.DutySlot);

    [Theory]
    [InlineData("\"0x050000\"")]
    [InlineData("\"0x0500000000\"")]
    [InlineData("\"0x0500000\"")]
    [InlineData("\"0X05000000\"")]
    [InlineData("\"0x0500000g\"")]
    [InlineData("\"\"")]
    [InlineData("\"0x\"")]
    [InlineData("5000000")]
    [InlineData("[]")]
    public void Bytes_have_exactly_their_length_in_hex(string value) =>
        Assert.Equal(
            new MalformedRequest(MalformedRequest.MalformedMember, "fork_info.fork.current_version must be 4 bytes of hex"),
            Fault(Replace("\"0x05000000\"", value))
        );

    [Theory]
    [InlineData("\"attestation\":{", "\"attestation\":[],\"x\":{", "attestation must be an object")]
    [InlineData("\"attestation\":{", "\"attestation\":\"x\",\"x\":{", "attestation must be an object")]
    [InlineData("\"ATTESTATION\"", "7", "type must be a string")]
    public void A_member_of_another_kind_is_malformed(string right, string wrong, string detail) =>
        Assert.Equal(new MalformedRequest(MalformedRequest.MalformedMember, detail), Fault(Replace(right, wrong)));

    [Theory]
    [InlineData("ATTESTATION_V2")]
    [InlineData("ATTESTATIO")]
    [InlineData("")]
    [InlineData("BLS_TO_EXECUTION_CHANGE")]
    public void An_unknown_type_is_malformed(string type) =>
        Assert.Equal(MalformedRequest.UnknownType, Fault(Replace("\"ATTESTATION\"", $"\"{type}\"")).Reason);

    [Theory]
    [InlineData("GENERIC")]
    [InlineData("generic")]
    public void A_digest_is_known_and_never_signed(string type) =>
        Assert.Equal(MalformedRequest.GenericNotSupported, Fault(Replace("\"ATTESTATION\"", $"\"{type}\"")).Reason);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"ATTESTATION\"")]
    [InlineData("{\"type\":\"ATTESTATION\"")]
    [InlineData("{\"type\":\"ATTESTATION\",}")]
    [InlineData("{'type':'ATTESTATION'}")]
    [InlineData("// no comments\n{}")]
    [InlineData("{\"\\u0074ype\":\"ATTESTATION\"}")]
    public void What_is_no_JSON_object_is_malformed(string body) => Assert.Equal(MalformedRequest.MalformedJson, Fault(body).Reason);

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("}")]
    [InlineData("\0")]
    public void Anything_after_the_object_is_malformed(string trailing) =>
        Assert.Equal(MalformedRequest.MalformedJson, Fault(Attestation + trailing).Reason);

    [Fact]
    public void Nesting_without_end_is_malformed_and_harmless() =>
        Assert.Equal(MalformedRequest.MalformedJson, Fault("{\"x\":" + new string('[', 100_000)).Reason);

    [Fact]
    public void Members_without_end_are_malformed() =>
        Assert.Equal(
            MalformedRequest.MalformedJson,
            Fault("{" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"m{i}\":1")) + "}").Reason
        );

    [Fact]
    public void A_body_beyond_the_limit_is_not_even_looked_at() =>
        Assert.Equal(MalformedRequest.BodyTooLarge, Fault(new string(' ', WireFormat.MaxBodyLength) + Attestation).Reason);

    [Theory]
    [InlineData("\"version\":\"Z\",\"block_header\":{}", MalformedRequest.UnknownFork)]
    [InlineData("\"version\":\"3\",\"block_header\":{}", MalformedRequest.UnknownFork)]
    [InlineData("\"block_header\":{}", MalformedRequest.MissingMember)]
    [InlineData("\"version\":\"CAPELLA\",\"block\":{}", MalformedRequest.MissingMember)]
    [InlineData("\"version\":\"ALTAIR\",\"block_header\":{}", MalformedRequest.MissingMember)]
    public void A_block_needs_a_known_version_and_the_shape_that_belongs_to_it(string content, string reason) =>
        Assert.Equal(reason, Fault($$"""{"type":"BLOCK_V2",{{ForkInfo}},"beacon_block":{ {{content}} } }""").Reason);

    [Fact]
    public void Names_the_member_inside_an_array()
    {
        var fault = Fault(
            $$$"""
            {"type":"BLOCK",{{{ForkInfo}}},"block":{"slot":1,"proposer_index":1,"parent_root":"{{{Root1}}}","state_root":"{{{Root1}}}","body":{
            "randao_reveal":"{{{new string(
                '0',
                192
            )}}}","eth1_data":{"deposit_root":"{{{Root1}}}","deposit_count":1,"block_hash":"{{{Root1}}}"},
            "graffiti":"{{{Root1}}}","proposer_slashings":[],"attester_slashings":[],"attestations":[],"deposits":[],
            "voluntary_exits":[{"message":{"epoch":1,"validator_index":"x"},"signature":""}]} } }
            """
        );

        Assert.StartsWith("block.body.voluntary_exits[].message.validator_index must be", fault.Detail, StringComparison.Ordinal);
    }

    private static string Replace(string right, string wrong)
    {
        Assert.Contains(right, Attestation, StringComparison.Ordinal);
        return Attestation.Replace(right, wrong, StringComparison.Ordinal);
    }

    private static SignRequest Read(string body)
    {
        Assert.True(WireFormat.TryReadSignRequest(Encoding.UTF8.GetBytes(body), out var request, out var fault), fault?.Detail);
        return request;
    }

    private static MalformedRequest Fault(string body)
    {
        Assert.False(WireFormat.TryReadSignRequest(Encoding.UTF8.GetBytes(body), out var request, out var fault));
        Assert.Null(request);
        return fault with { Duty = null };
    }
}
