using RemoteSigner.Keys;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Clusters;
using RemoteSigner.Tests.Clusters.Ssv;

namespace RemoteSigner.Tests.Keys;

public sealed class DocumentImportTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task That_a_document_is_believed_is_in_the_audit_log_with_the_reason()
    {
        var document = AnchoredDocument.ByWord(
            VerifiedLock.Of(ClusterVectors.Bytes(Cluster), "lock", ImportScene.Policy with { AcceptContractSignatures = true }),
            ImportScene.Now
        );

        await _scene.KeepAsync(document);

        var entry = Assert.Single(await _scene.AuditAsync());
        Assert.Contains("\"action\":\"cluster.document\"", entry, StringComparison.Ordinal);
        Assert.Contains(
            $"{document.Document.Hash}, 2 validators, by operators_word; contract signatures were not judged",
            entry,
            StringComparison.Ordinal
        );
    }

    /// <summary>A document from before there were anchors is anchored by adding it again.</summary>
    [Fact]
    public async Task One_that_is_here_already_is_anchored_anew()
    {
        var (_, document) = await _scene.NodeAsync(Cluster, 0);
        _scene.Archive.Add(document.Json);
        Assert.Empty(_scene.Anchored);

        await _scene.KeepAsync(document);
        await _scene.KeepAsync(document);

        Assert.Single(_scene.Anchored);
    }

    [Fact]
    public async Task One_that_contradicts_another_is_refused_whichever_of_the_two_is_forged()
    {
        var (_, genuine) = await _scene.NodeAsync(Cluster, 0);
        var forged = AnchoredDocument.ByWord(
            VerifiedLock.Of(LockJsonWriter.Write(LockThief.Forge(ClusterVectors.Lock(Cluster))), "forged", ImportScene.Policy),
            ImportScene.Now
        );
        await _scene.KeepAsync(forged);
        Assert.Equal(["disputed_share"], await _scene.RefusalsAsync(() => _scene.KeepAsync(genuine)));

        await _scene.RemoveAsync(forged.Document.Hash);
        await _scene.KeepAsync(genuine);

        var refused = await Assert.ThrowsAsync<ImportException>(() => _scene.KeepAsync(forged));
        Assert.Contains(genuine.Document.Hash.ToString(), refused.Refusals[0].Problem, StringComparison.Ordinal);
        Assert.Contains(forged.Document.Hash.ToString(), refused.Refusals[0].Subject, StringComparison.Ordinal);
        Assert.Contains("\"action\":\"cluster.document.remove\"", string.Join('\n', await _scene.AuditAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_says_else_of_a_held_share_is_refused()
    {
        var (share, genuine) = _scene.Keyshares();
        await _scene.TakeAsync(new ImportRequest([share], DeclaredHistory.NeverSigned) { Document = genuine });
        var forged = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))).Document;

        Assert.All(await _scene.RefusalsAsync(() => _scene.KeepAsync(forged)), code => Assert.Equal("disputed_share", code));
    }

    [Fact]
    public async Task One_whose_shares_are_held_stays()
    {
        await _scene.ImportAsync(Cluster, 0);
        var hash = Assert.Single(_scene.Archive.Hashes());

        Assert.Equal(["shares_held", "shares_held"], await _scene.RefusalsAsync(() => _scene.RemoveAsync(hash)));
    }

    [Fact]
    public async Task A_damaged_document_keeps_no_other_from_coming_in()
    {
        _scene.Archive.Add(ClusterVectors.Bytes("lock-v1_10-4of3"));
        var other = Assert.Single(_scene.Archive.Hashes());
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Vaults.Folder, "clusters", $"{other}.json"),
            "{",
            TestContext.Current.CancellationToken
        );

        await _scene.KeepAsync((await _scene.NodeAsync(Cluster, 0)).Lock);

        Assert.Single(_scene.Anchored);
    }
}
