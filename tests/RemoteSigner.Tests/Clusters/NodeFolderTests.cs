using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Native;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

public sealed class NodeFolderTests : IDisposable
{
    private readonly SecretArena _arena = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("node-");

    public void Dispose()
    {
        _arena.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(ClusterLocks.Genuine), MemberType = typeof(ClusterLocks))]
    public void Every_node_finds_its_own_share_index_by_its_key(string name)
    {
        var definition = Lock(name).Definition;

        Assert.All(Enumerable.Range(0, 4), node =>
            Assert.Equal((ulong)node + 1, definition.FindShareIndex(new NodeFolder(NodeFolder(name, node)).ReadNodeKey(_arena).AsSpan()))
        );
    }

    [Fact]
    public void A_node_of_another_cluster_is_nobody()
    {
        var key = new NodeFolder(NodeFolder("lock-v1_7-4of3", 0)).ReadNodeKey(_arena);

        Assert.Null(Lock("lock-v1_11-4of3").Definition.FindShareIndex(key.AsSpan()));
    }

    [Fact]
    public void Keystores_stand_where_Charon_puts_them()
    {
        var folder = new NodeFolder(NodeFolder("lock-v1_8-4of3", 2));

        Assert.All([0, 1], position =>
            Assert.True(File.Exists(folder.KeystoreFile(position)) && File.Exists(folder.PasswordFile(position)))
        );
        Assert.False(File.Exists(folder.KeystoreFile(2)));
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("0x01")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000001")]
    public void A_key_file_without_a_key_is_refused_without_its_text(string text)
    {
        var folder = new NodeFolder(_folder.FullName);
        File.WriteAllText(folder.NodeKeyFile, text);

        var refused = Assert.Throws<ClusterFileException>(() => folder.ReadNodeKey(_arena));

        Assert.Equal(ClusterFileFault.NodeKey, refused.Fault);
        Assert.DoesNotContain(text, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_smallest_key_gives_the_generator_of_the_curve()
    {
        var folder = new NodeFolder(_folder.FullName);
        File.WriteAllText(folder.NodeKeyFile, new string('0', 63) + "1\n");

        Assert.Equal(
            "0279BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798",
            Convert.ToHexString(folder.ReadNodeKey(_arena).AsSpan())
        );
    }
}
