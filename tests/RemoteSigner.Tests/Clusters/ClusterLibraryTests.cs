using RemoteSigner.Clusters;
using static RemoteSigner.Tests.Clusters.ClusterVectors;

namespace RemoteSigner.Tests.Clusters;

public sealed class ClusterLibraryTests : IDisposable
{
    private const string Cluster = "lock-v1_11-4of3";
    private const string Other = "lock-v1_10-4of3";

    private readonly string _folder = Directory.CreateTempSubdirectory("library").FullName;
    private readonly ClusterArchive _archive;
    private readonly ClusterLibrary _library;

    public ClusterLibraryTests()
    {
        _archive = new ClusterArchive(_folder);
        _library = new ClusterLibrary(_archive);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"cluster_definition\":{\"version\":\"v2.0.0\"}}")]
    [InlineData("no JSON at all")]
    public void What_does_not_read_is_named_and_the_others_are_there(string text)
    {
        var (damaged, sound) = (_archive.Add(Bytes(Cluster)).Hash, _archive.Add(Bytes(Other)).Hash);
        File.WriteAllText(PathOf(damaged), text);

        var reading = _library.Read();

        Assert.Equal([sound], reading.Documents.Select(one => one.Document.Hash));
        var problem = Assert.Single(reading.Unreadable);
        Assert.Equal($"{damaged}.json", problem.Name);
        Assert.NotEmpty(problem.Problem);
        Assert.Null(_library.Find(damaged));
        Assert.NotNull(_library.Find(sound));
    }

    [Fact]
    public void A_document_under_a_strange_name_is_named()
    {
        var sound = _archive.Add(Bytes(Cluster)).Hash;
        File.Copy(PathOf(sound), PathOf(Lock(Other).LockHash));

        Assert.Contains("not the one it is named by", Assert.Single(_library.Read().Unreadable).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_missing_or_damaged_is_found_once_it_is_put_back()
    {
        var hash = Lock(Cluster).LockHash;
        Assert.Null(_library.Find(hash));
        _archive.Add(Bytes(Cluster));
        File.WriteAllText(PathOf(hash), "{");
        Assert.Null(_library.Find(hash));

        _archive.Add(Bytes(Cluster));

        Assert.Equal(hash, _library.Find(hash)?.Hash);
        Assert.Empty(_library.Read().Unreadable);
    }

    [Fact]
    public void One_that_was_read_stays_for_those_who_hold_its_shares_whatever_becomes_of_the_file()
    {
        var hash = _archive.Add(Bytes(Cluster)).Hash;
        Assert.NotNull(_library.Find(hash));
        File.WriteAllText(PathOf(hash), "{");

        Assert.Single(_library.Read().Unreadable);
        Assert.Empty(_library.Read().Documents);
        Assert.NotNull(_library.Find(hash));
        _archive.Remove(hash);
        Assert.NotNull(_library.Find(hash));
    }

    [Fact]
    public void A_folder_that_is_none_is_named_too()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.Empty(new ClusterLibrary(new ClusterArchive(Path.Combine(_folder, "nowhere"))).Read().Unreadable);
        Assert.Empty(new ClusterLibrary(new ClusterArchive(file)).Read().Documents);
    }

    private string PathOf(RemoteSigner.Spec.Root hash) => Path.Combine(_folder, $"{hash}.json");
}
