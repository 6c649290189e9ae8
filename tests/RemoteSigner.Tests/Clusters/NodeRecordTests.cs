using CsCheck;
using RemoteSigner.Clusters.Charon;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

public sealed class NodeRecordTests
{
    // The example of EIP-778, with address and port.
    private const string Example =
        "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wB"
        + "gmlkgnY0gmlwhH8AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8";

    [Fact]
    public void The_example_of_EIP_778_is_read()
    {
        Assert.True(NodeRecord.TryParse(Example, out var record, out _));
        Assert.Equal("03CA634CAE0D49ACB401D8A4C6B6FE8C55B70D115BF400769CC1400F3258CD3138", Convert.ToHexString(record.PublicKey.AsSpan()));
    }

    [Fact]
    public void A_nodes_key_may_be_given_by_itself()
    {
        const string Key = "03CA634CAE0D49ACB401D8A4C6B6FE8C55B70D115BF400769CC1400F3258CD3138";

        Assert.All([Key, "0x" + Key.ToLowerInvariant()], text =>
            Assert.Equal(Key, Convert.ToHexString(NodeRecord.ReadKey(text)!.Value.AsSpan()))
        );
        Assert.All(["", "0x", Key[2..], Key + "00", "04" + Key[2..], "03" + new string('f', 64), Example], text =>
            Assert.Null(NodeRecord.ReadKey(text))
        );
    }

    [Fact]
    public void The_padding_of_early_Charon_is_borne() => Assert.True(NodeRecord.TryParse(Example + "==", out _, out _));

    [Theory]
    [InlineData("", "enr:")]
    [InlineData("enode:abc", "enr:")]
    [InlineData("enr:!", "base64url")]
    [InlineData("enr:", "RLP")]
    [InlineData("enr:wA", "pairs")]
    [InlineData("enr:-IS4", "cut off")]
    public void What_is_no_record_is_refused_readably(string text, string problem)
    {
        Assert.False(NodeRecord.TryParse(text, out _, out var why));
        Assert.Contains(problem, why, StringComparison.Ordinal);
    }

    [Fact]
    public void No_changed_character_leaves_a_record_valid()
    {
        var records = Lock("lock-v1_11-4of3").Definition.Operators.Select(member => member.Enr).Append(Example).ToArray();

        (
            from record in Gen.OneOf(records)
            from at in Gen.Int[4, record.Length - 2]
            from other in Gen.Char.AlphaNumeric
            where record[at] != other
            select record[..at] + other + record[(at + 1)..]
        ).Sample(changed => !NodeRecord.TryParse(changed, out _, out _), iter: 500);
    }

    [Fact]
    public void Random_text_never_throws() =>
        Gen
            .Byte.Array[0, 200]
            .Sample(
                bytes => !NodeRecord.TryParse("enr:" + Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'), out _, out _),
                iter: 2_000
            );
}
