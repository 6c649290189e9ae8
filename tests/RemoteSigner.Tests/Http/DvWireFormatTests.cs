using System.Text;
using CsCheck;
using RemoteSigner.Host.Http;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Http;

/// <summary>The bodies of the API for distributed validators: what is understood, and that nothing else throws.</summary>
public sealed class DvWireFormatTests
{
    private const int Rounds = 5_000;

    private static readonly string _key = "0x" + new string('a', 96);
    private static readonly string _root = "0x" + new string('1', 64);
    private static readonly string _signature = "0x" + new string('b', 192);

    private static readonly string _duty = $$"""
        "type":"RANDAO_REVEAL","fork_info":{"fork":{"previous_version":"0x06000000","current_version":"0x06000000","epoch":"0"},"genesis_validators_root":"{{_root}}"},"randao_reveal":{"epoch":"7"}
        """;

    private static string Item => $$"""{"group_pubkey":"{{_key}}",{{_duty}}}""";

    private static string Batch => $$"""{"identifiers":["{{_key}}"],"signing_request":{ {{_duty}} } }""";

    private static string Combination =>
        $$"""{"group_pubkey":"{{_key}}","duty":{{{_duty}}},"signing_root":"{{_root}}","partials":[{"share_index":"18446744073709551615","partial_signature":"{{_signature}}"}]}""";

    [Fact]
    public void An_item_names_its_validator_by_group_or_by_share()
    {
        foreach (var (name, isGroup) in new[] { ("group_pubkey", true), ("pubkey", false) })
        {
            Assert.True(WireFormat.TryReadDvItem(Bytes(Item.Replace("group_pubkey", name, StringComparison.Ordinal)), out var item, out _));
            Assert.Equal((isGroup, BlsPublicKey.Parse(_key)), (item.IsGroupKey, item.Key));
        }
    }

    [Fact]
    public void A_combination_takes_a_duty_a_root_or_both_but_not_neither()
    {
        Assert.True(WireFormat.TryReadDvCombination(Bytes(Combination), out var both, out _));
        Assert.Equal((ulong.MaxValue, Root.Parse(_root)), (both.Partials[0].ShareIndex, both.SigningRoot!.Value));
        Assert.NotNull(both.Message);

        Assert.True(
            WireFormat.TryReadDvCombination(
                Bytes(Combination.Replace("\"signing_root\"", "\"x\"", StringComparison.Ordinal)),
                out var duty,
                out _
            )
        );
        Assert.Null(duty.SigningRoot);
        Assert.True(
            WireFormat.TryReadDvCombination(Bytes(Combination.Replace("\"duty\"", "\"x\"", StringComparison.Ordinal)), out var root, out _)
        );
        Assert.Null(root.Message);
        var neither = Combination
            .Replace("\"duty\"", "\"x\"", StringComparison.Ordinal)
            .Replace("\"signing_root\"", "\"y\"", StringComparison.Ordinal);
        Assert.False(WireFormat.TryReadDvCombination(Bytes(neither), out _, out var fault));
        Assert.Equal(MalformedRequest.MissingMember, fault.Reason);
    }

    [Fact]
    public void A_fault_deep_in_a_batch_is_named_by_its_path()
    {
        Assert.False(
            WireFormat.TryReadBatch(
                Bytes(Batch.Replace("\"epoch\":\"7\"", "\"epoch\":\"-7\"", StringComparison.Ordinal)),
                out _,
                out var fault
            )
        );

        Assert.StartsWith("signing_request.randao_reveal.epoch ", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_bound_by_its_bytes_and_has_room_for_a_slot()
    {
        Assert.True(WireFormat.TryReadBatch(Bytes(Of(31_250)), out var slot, out _));
        Assert.Equal(31_250, slot.Keys.Length);
        Assert.Equal(BlsPublicKey.Parse($"{31_249:x96}"), slot.Keys[^1]);

        Assert.False(WireFormat.TryReadBatch(Bytes(Of(41_600)), out _, out var fault));
        Assert.Equal(
            (MalformedRequest.BodyTooLarge, true),
            (fault.Reason, fault.Detail.Contains("at most 4194304 bytes", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_999)]
    public void A_key_that_stands_twice_is_found_wherever_it_stands(int again)
    {
        Assert.False(WireFormat.TryReadBatch(Bytes(Of(5_000, $"0x{again:X96}")), out _, out var fault));

        Assert.Equal(MalformedRequest.DoubledMember, fault.Reason);
    }

    // The first 40 bytes of all these keys are the same, and so is what a set would sort them by.
    private static string Of(int keys, params string[] more) =>
        Batch.Replace(
            $"\"{_key}\"",
            string.Join(',', Enumerable.Range(0, keys).Select(i => $"0x{i:x96}").Concat(more).Select(key => $"\"{key}\"")),
            StringComparison.Ordinal
        );

    [Fact]
    public void Mutated_bodies_are_understood_or_malformed_and_never_throw()
    {
        var mutated =
            from body in Gen.OneOf(Batch, Item, Combination)
            from position in Gen.Int[0, body.Length - 1]
            from removed in Gen.Int[0, 4]
            from inserted in Gen.OneOf("", "\"", "{", "}", "[", "]", ",", ":", "0", "null", "\"identifiers\":[],", "\"pubkey\":1,", "é")
            select body[..position] + inserted + body[Math.Min(body.Length, position + removed)..];

        mutated.Sample(
            body =>
                IsSettled(WireFormat.TryReadBatch(Bytes(body), out var batch, out var first), batch, first)
                && IsSettled(WireFormat.TryReadDvItem(Bytes(body), out var item, out var second), item, second)
                && IsSettled(WireFormat.TryReadDvCombination(Bytes(body), out var combination, out var third), combination, third),
            iter: Rounds
        );
    }

    private static bool IsSettled(bool understood, object? value, MalformedRequest? fault) =>
        understood ? value is not null && fault is null : value is null && fault is { Detail.Length: > 0 };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
