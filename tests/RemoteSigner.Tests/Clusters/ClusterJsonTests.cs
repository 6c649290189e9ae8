using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

public sealed class ClusterJsonTests
{
    [Theory]
    [InlineData("", ClusterFileFault.NotJson, "not JSON")]
    [InlineData("{", ClusterFileFault.NotJson, "not JSON")]
    [InlineData("{} {}", ClusterFileFault.NotJson, "not JSON")]
    [InlineData("{\"lock_hash\":\"\",\"lock_hash\":\"\"}", ClusterFileFault.NotJson, "twice")]
    [InlineData("[[[[[[[[[[]]]]]]]]]]", ClusterFileFault.NotJson, "depth")]
    [InlineData("{\"cluster_definition\":{\"version\":\"v1.7.0\"},\"\\ud800\":1}", ClusterFileFault.NotJson, "not JSON")]
    [InlineData("[]", ClusterFileFault.Malformed, "the file is no object")]
    [InlineData("{}", ClusterFileFault.Malformed, "cluster_definition is missing")]
    [InlineData("{\"cluster_definition\":7}", ClusterFileFault.Malformed, "cluster_definition is no object")]
    [InlineData(
        "{\"cluster_definition\":{\"version\":\"v1.12.0\"}}",
        ClusterFileFault.UnknownVersion,
        "cluster_definition.version is 'v1.12.0'; v1.0.0 to v1.11.0 are known"
    )]
    [InlineData("{\"cluster_definition\":{\"version\":\"1.7\"}}", ClusterFileFault.UnknownVersion, "'1.7'")]
    public void A_file_that_is_no_lock_is_refused_readably(string json, ClusterFileFault fault, string message) =>
        Refuses(Encoding.UTF8.GetBytes(json), fault, message);

    [Theory]
    [InlineData("cluster_definition.num_validators", "\"2\"", "cluster_definition.num_validators is no number")]
    [InlineData("cluster_definition.num_validators", "-1", "cluster_definition.num_validators is no whole number from 1 to 65536")]
    [InlineData("cluster_definition.num_validators", "1.5", "no whole number")]
    [InlineData("cluster_definition.threshold", "99999999999", "cluster_definition.threshold is no whole number")]
    [InlineData("cluster_definition.name", "\"a\\u0000\"", "cluster_definition.name has more than 256 bytes or a control character")]
    [InlineData("cluster_definition.name", "\"\\ud800\"", "cluster_definition.name is not valid text")]
    [InlineData("cluster_definition.compounding", "\"false\"", "cluster_definition.compounding is neither true nor false")]
    [InlineData("cluster_definition.fork_version", "\"0x00\"", "cluster_definition.fork_version is not 4 bytes of hex with 0x")]
    [InlineData("cluster_definition.deposit_amounts", "[\"01\"]", "cluster_definition.deposit_amounts is no amount of Gwei")]
    [InlineData("cluster_definition.deposit_amounts", "[1]", "cluster_definition.deposit_amounts is no amount of Gwei")]
    [InlineData("cluster_definition.operators.1.address", "\"0x12\"", "cluster_definition.operators[1].address is no address")]
    [InlineData("cluster_definition.operators.1.nonce", "0", "cluster_definition.operators[1].nonce is no member of this version")]
    [InlineData(
        "cluster_definition.operators.1.config_signature",
        "\"0x00\"",
        "cluster_definition.operators[1].config_signature is not a multiple of 65 bytes"
    )]
    [InlineData(
        "distributed_validators.0.public_shares.2",
        "\"zz\"",
        "distributed_validators[0].public_shares[2] is not 48 bytes of hex with 0x"
    )]
    [InlineData("distributed_validators.0.public_shares.2", "null", "distributed_validators[0].public_shares[2] is no text")]
    [InlineData(
        "distributed_validators.0.partial_deposit_data.1.amount",
        "32",
        "distributed_validators[0].partial_deposit_data[1].amount is no text"
    )]
    [InlineData("distributed_validators.0.comment", "\"trust me\"", "distributed_validators[0].comment is no member of this version")]
    [InlineData("lock_hash", "\"\"", "lock_hash is not 32 bytes of hex with 0x")]
    [InlineData("extra", "{}", "extra is no member of this version")]
    public void A_malformed_member_is_named_by_its_path(string path, string value, string message)
    {
        var file = JsonNode.Parse(Bytes("lock-v1_10-4of3"))!;
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate(file, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!);
        if (parent is JsonArray list)
        {
            list[int.Parse(steps[^1], null)] = "MALFORMED";
        }
        else
        {
            parent[steps[^1]] = "MALFORMED";
        }

        Refuses(
            Encoding.UTF8.GetBytes(file.ToJsonString().Replace("\"MALFORMED\"", value, StringComparison.Ordinal)),
            ClusterFileFault.Malformed,
            message
        );
    }

    [Fact]
    public void A_lock_cut_short_anywhere_is_not_JSON()
    {
        var json = Bytes("lock-v1_11-4of3");
        for (var length = 0; length < json.Length - 1; length += 41)
        {
            Assert.Equal(
                ClusterFileFault.NotJson,
                Assert.Throws<ClusterFileException>(() => ClusterLock.Parse(json.AsMemory(0, length))).Fault
            );
        }
    }

    [Fact]
    public void Spliced_bytes_are_refused_by_a_readable_fault_and_never_by_another() =>
        (
            from position in Gen.Int[0, 8_000]
            from removed in Gen.Int[0, 4]
            from inserted in Gen.Byte.Array[0, 4]
            select (position, removed, inserted)
        ).Sample(
            splice =>
            {
                var json = Bytes("lock-v1_10-4of3");
                byte[] spliced = [.. json[..splice.position], .. splice.inserted, .. json[(splice.position + splice.removed)..]];
                try
                {
                    return ClusterLock.Parse(spliced) is not null;
                }
                catch (ClusterFileException e)
                {
                    return e.Message.Length > 0 && e.Hint.Length > 0;
                }
            },
            iter: 2_000
        );

    [Fact]
    public void A_file_larger_than_any_cluster_is_not_read()
    {
        using var folder = new TemporaryFile();
        using (var file = File.OpenWrite(folder.Path))
        {
            file.SetLength(ClusterJson.MaxBytes + 1L);
        }

        Assert.Equal(ClusterFileFault.TooLarge, Assert.Throws<ClusterFileException>(() => ClusterFile.Open(folder.Path)).Fault);
        Assert.Equal(
            ClusterFileFault.TooLarge,
            Assert.Throws<ClusterFileException>(() => ClusterLock.Parse(new byte[ClusterJson.MaxBytes + 1])).Fault
        );
    }

    [Fact]
    public void A_file_is_told_apart_as_lock_or_definition()
    {
        using var file = new TemporaryFile();
        File.WriteAllText(file.Path, JsonNode.Parse(Bytes("lock-v1_8-4of3"))!["cluster_definition"]!.ToJsonString());

        Assert.IsType<ClusterFile.Draft>(ClusterFile.Open(file.Path));
        Assert.IsType<ClusterFile.Lock>(ClusterFile.Open(Vectors.Path("clusters/lock-v1_8-4of3/cluster-lock.json")));
    }

    private static void Refuses(byte[] json, ClusterFileFault fault, string message)
    {
        var refused = Assert.Throws<ClusterFileException>(() => ClusterLock.Parse(json));

        Assert.Equal(fault, refused.Fault);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Hint);
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
