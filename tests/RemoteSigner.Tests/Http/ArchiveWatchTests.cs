using Microsoft.Extensions.Logging.Abstractions;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Host.Http;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Clusters;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Keys;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Http;

/// <summary>What becomes of shares that are pushed, by what the archive says of them, and what health tells of the archive.</summary>
public sealed class ArchiveWatchTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private readonly KeyRing _ring = new();
    private readonly HeldShares _held = new();
    private ImportScene _scene = null!;
    private OperatorSigner _voice = null!;
    private ArchiveWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await ImportScene.OpenAsync();
        _voice = new OperatorSigner(
            new OperatorMessagePolicy(new HashSet<SsvDomain>(), anyValidator: false),
            _ring,
            _scene.Library,
            _scene.Audit
        );
        _watch = new ArchiveWatch(_scene.Library, _ring, _voice, NullLogger<ArchiveWatch>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _voice.Dispose();
        _ring.Dispose();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task The_nodes_own_shares_are_not_bound_to_a_lock_that_was_put_into_the_archive()
    {
        var (shares, _) = await _scene.NodeAsync(Cluster, 0);
        var forged = _scene.Archive.Add(LockJsonWriter.Write(LockThief.Forge(ClusterVectors.Lock(Cluster))));

        var (results, held) = await PushAsync(shares);

        Assert.All(held, share => Assert.Equal((null, null), (share.GroupKey, share.Membership)));
        Assert.All(results, result => Assert.IsType<PushedShare.Imported>(result));
        AssertDegraded($"{forged.Hash} is not anchored");
    }

    /// <summary>
    /// An operator signed with a contract wallet, which no strict verification lets through: a person has borne it once, and a push does
    /// not ask again.
    /// </summary>
    [Fact]
    public async Task Shares_of_a_lock_that_was_anchored_with_a_doubt_are_bound()
    {
        using var forge = new LockForge();
        var (shares, _) = await _scene.NodeAsync("lock-v1_10-4of3", 0);
        var made = forge.Make(new ClusterVersion(11));
        var definition = made.Definition with
        {
            Operators = made.Definition.Operators.SetItem(2, made.Definition.Operators[2] with { ConfigSignature = [.. new byte[130]] }),
        };
        var json = LockJsonWriter.Write(
            forge.Finish(made with { Definition = definition with { DefinitionHash = DefinitionHash.Definition(definition) } })
        );
        Assert.Throws<ImportException>(() => VerifiedLock.Of(json, "lock", ImportScene.Policy));
        var nodeKey = new NodeFolder(ClusterVectors.NodeFolder("lock-v1_10-4of3", 0)).ReadNodeKey(_scene.Vaults.Arena);
        var document = AnchoredDocument.ByNode(
            VerifiedLock.Of(json, "lock", ImportScene.Policy with { AcceptContractSignatures = true }),
            nodeKey,
            "node",
            accepted: false,
            ImportScene.Now
        );
        await _scene.KeepAsync(document);

        Assert.All((await PushAsync(shares)).Held, share => Assert.Equal(document.Document.Hash, share.Membership?.ClusterHash));
        Assert.Equal(("sound", null), (State.State, State.Detail));
    }

    [Fact]
    public async Task A_share_about_which_two_documents_disagree_comes_in_without_a_place_and_the_answer_says_so()
    {
        var (share, genuine) = _scene.Keyshares();
        var forged = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))).Document;
        await _scene.KeepAsync(genuine);
        using (var key = _scene.Vault.DeriveAnchorKey())
        {
            _scene.Archive.Add(forged.Json);
            await File.WriteAllBytesAsync(
                _scene.Archive.AnchorPathOf(forged.Document.Hash),
                forged.Anchor(key),
                TestContext.Current.CancellationToken
            );
        }

        var (results, held) = await PushAsync([share]);

        Assert.Equal((null, null), (held[0].GroupKey, held[0].Membership));
        var item = KeymanagerItem.Of(Assert.Single(results));
        Assert.Equal("imported", item.Status);
        Assert.Contains(genuine.Document.Hash.ToString(), item.Message, StringComparison.Ordinal);
        Assert.Contains(forged.Document.Hash.ToString(), item.Message, StringComparison.Ordinal);
        AssertDegraded($"nobody knows whose the key {share.ShareKey} is");
    }

    /// <summary>What is as it was is not judged again, and what has changed is.</summary>
    [Fact]
    public async Task A_dispute_is_named_as_long_as_it_lasts_whatever_else_comes_and_goes()
    {
        var (share, genuine) = _scene.Keyshares();
        var (nodes, _) = await _scene.NodeAsync(Cluster, 0);
        await _scene.KeepAsync(genuine);
        await PushAsync([share]);
        Assert.Equal("sound", State.State);

        var forged = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))).Document;
        using (var key = _scene.Vault.DeriveAnchorKey())
        {
            _scene.Archive.Add(forged.Json);
            await File.WriteAllBytesAsync(
                _scene.Archive.AnchorPathOf(forged.Document.Hash),
                forged.Anchor(key),
                TestContext.Current.CancellationToken
            );
        }

        await LookAsync(_scene.Vault);
        AssertDegraded($"nobody knows whose the key {share.ShareKey} is");

        await PushAsync(nodes);
        AssertDegraded($"nobody knows whose the key {share.ShareKey} is");

        _scene.Archive.Remove(forged.Document.Hash);
        await LookAsync(_scene.Vault);
        Assert.Equal("sound", State.State);
    }

    /// <summary>The vault and a document disagree from the moment on in which the share is sealed, and until it is gone.</summary>
    [Fact]
    public async Task A_share_that_comes_and_goes_is_held_against_the_documents_that_were_here_before()
    {
        var (share, genuine) = _scene.Keyshares();
        var forged = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))).Document;
        await _scene.KeepAsync(forged);
        await LookAsync(_scene.Vault);
        Assert.Equal("sound", State.State);

        var vault = _scene.Vault;
        vault.Exchange([], vault.Seal([share with { GroupKey = genuine.Document.GroupKeys[0], Membership = null }]));
        await LookAsync(vault);
        AssertDegraded($"nobody knows whose the key {share.ShareKey} is");

        vault.Exchange([share.ShareKey], SealedShares.None);
        await LookAsync(vault);
        Assert.Equal("sound", State.State);
    }

    [Fact]
    public async Task A_damaged_document_costs_no_push_and_is_named()
    {
        var (shares, document) = await _scene.NodeAsync(Cluster, 0);
        await _scene.KeepAsync(document);
        var damaged = _scene.Archive.Add(ClusterVectors.Bytes("lock-v1_10-4of3")).Hash;
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Vaults.Folder, "clusters", $"{damaged}.json"),
            "{",
            TestContext.Current.CancellationToken
        );

        Assert.All((await PushAsync(shares)).Held, share => Assert.NotNull(share.Membership));
        AssertDegraded($"{damaged}.json cannot be read");
    }

    [Fact]
    public async Task A_document_of_open_shares_that_is_missing_is_named_until_it_is_put_back()
    {
        var (shares, document) = await _scene.NodeAsync(Cluster, 0);
        _ring.Replace([
            new KeyShare(
                BlsSecretKey.Generate(_scene.Vaults.Arena, new byte[32]),
                shares[0].ShareKey,
                shares[0].GroupKey,
                shares[0].Membership
            ),
        ]);
        AssertDegraded($"the document {document.Document.Hash}, of which shares are open, is missing", HealthReport.Degraded);

        _scene.Archive.Add(document.Json);

        Assert.Equal("sound", State.State);
    }

    private async Task LookAsync(Vault vault)
    {
        await _held.FollowAsync(vault, _scene.Slashing);
        _watch.Look(vault, _held);
    }

    private HealthReport.CheckFigures State => ArchiveHealth.Check(_watch).Data!;

    private void AssertDegraded(string finding, string status = HealthReport.Up)
    {
        var check = ArchiveHealth.Check(_watch);
        Assert.Equal((status, "degraded"), (check.Status, check.Data!.State));
        Assert.Contains(finding, check.Data.Detail, StringComparison.Ordinal);
    }

    private async Task<(IReadOnlyList<PushedShare> Results, IReadOnlyList<VaultListing.Share> Held)> PushAsync(
        IReadOnlyList<VaultShare> shares
    )
    {
        var results = await _scene.DoAsync(
            new PushShares(
                new SharePush(
                    [.. shares.Select(share => (share.ShareKey, share.Secret))],
                    ShareProvenance.KeymanagerPush,
                    PushLabels.Keymanager,
                    DeclaredHistory.NeverSigned,
                    AdminRight.ManageKeys
                )
            )
        );
        var vault = _scene.Vault;
        await LookAsync(vault);
        return (results, vault.Contents.Shares);
    }
}
