using RemoteSigner.Clusters;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

public sealed class ClusterArchiveTests : IDisposable
{
    private const string Cluster = "lock-v1_11-4of3";

    private readonly string _parent = Directory.CreateTempSubdirectory("archive").FullName;
    private readonly ClusterArchive _archive;

    public ClusterArchiveTests() => _archive = new ClusterArchive(Folder);

    private string Folder => Path.Combine(_parent, "clusters");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void A_document_is_found_by_its_hash_and_says_who_holds_which_share()
    {
        var cluster = Lock(Cluster);
        _archive.Add(Bytes(Cluster));
        _archive.Add(Bytes(Cluster));

        var document = _archive.Find(cluster.LockHash)!.Document;

        var validator = cluster.Validators[1];
        Assert.Equal((cluster.LockHash, 3, 4), (document.Hash, document.Threshold, document.Operators));
        Assert.Equal(validator.PublicShares.Select((share, i) => ((ulong)i + 1, share)), document.SharesOf(validator.GroupKey));
        Assert.Equal(
            cluster.Definition.AddressesOf(1).FeeRecipient,
            document.FeeRecipientOf(validator.GroupKey).ToString(),
            ignoreCase: true
        );
        Assert.Equal([document.Hash], _archive.Hashes());
    }

    [Fact]
    public void Nothing_is_known_of_a_stranger()
    {
        Assert.Empty(_archive.Hashes());
        var document = _archive.Add(Bytes(Cluster));

        Assert.Null(_archive.Find(default));
        Assert.Empty(document.SharesOf(default));
        Assert.Null(document.FeeRecipientOf(default));
    }

    [Fact]
    public void Only_the_owner_may_look_into_it()
    {
        _archive.Add(Bytes(Cluster));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(Folder).Single()));
    }

    [Fact]
    public void A_document_under_the_hash_of_another_is_refused()
    {
        var other = _archive.Add(Bytes("lock-v1_10-4of3"));
        var hash = _archive.Add(Bytes(Cluster)).Hash;
        File.Copy(Path.Combine(Folder, other.Hash + ".json"), Path.Combine(Folder, hash + ".json"), overwrite: true);

        Assert.Equal(ClusterFileFault.OtherHash, Assert.Throws<ClusterFileException>(() => _archive.Find(hash)).Fault);
    }

    [Fact]
    public void A_document_that_states_a_hash_it_does_not_have_is_kept_under_the_one_it_has()
    {
        var stated = Lock(Cluster).LockHash;
        var changed = System
            .Text.Encoding.UTF8.GetString(Bytes(Cluster))
            .Replace(stated.ToString(), new Root(new byte[32]).ToString(), StringComparison.Ordinal);

        Assert.Equal(stated, _archive.Add(System.Text.Encoding.UTF8.GetBytes(changed)).Hash);
    }
}
