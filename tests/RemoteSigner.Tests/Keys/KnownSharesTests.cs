using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters;
using RemoteSigner.Tests.Clusters.Ssv;

namespace RemoteSigner.Tests.Keys;

public sealed class KnownSharesTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_lock_that_our_node_has_signed_tells_where_its_shares_belong()
    {
        var (_, document) = await _scene.NodeAsync(Cluster, 2);
        await _scene.KeepAsync(document);
        var share = ClusterVectors.Lock(Cluster).SharesOf(3)[1];

        Assert.Equal(
            new SharePlace.Known(share.GroupKey, new ClusterMembership(3, 3, 4, document.Document.Hash, ShareProvenance.KeymanagerPush)),
            _scene.Known.Find(share.PublicShare, ShareProvenance.KeymanagerPush)
        );
        Assert.IsType<SharePlace.Unknown>(_scene.Known.Find(share.GroupKey, ShareProvenance.KeymanagerPush));
        Assert.IsType<SharePlace.Unknown>(_scene.Known.Find(default, ShareProvenance.KeymanagerPush));
    }

    /// <summary>A genuine one, and one that a stranger made of public keys and that passes every check.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lock_that_only_lies_in_the_archive_says_nothing(bool forged)
    {
        var genuine = ClusterVectors.Lock(Cluster);
        _scene.Archive.Add(forged ? LockJsonWriter.Write(LockThief.Forge(genuine)) : ClusterVectors.Bytes(Cluster));

        Assert.Empty(_scene.Anchored);
        Assert.IsType<SharePlace.Unknown>(_scene.Known.Find(genuine.SharesOf(1)[0].PublicShare, ShareProvenance.KeymanagerPush));
    }

    [Fact]
    public async Task A_document_speaks_once_a_share_is_sealed_as_a_member_of_it()
    {
        var changed = Encoding.UTF8.GetBytes(
            Encoding
                .UTF8.GetString(ClusterVectors.Bytes(Cluster))
                .Replace("\"threshold\": 3", "\"threshold\": 2", StringComparison.Ordinal)
                .Replace("\"threshold\":3", "\"threshold\":2", StringComparison.Ordinal)
        );
        var document = _scene.Archive.Add(changed);
        var share = ClusterVectors.Lock(Cluster).SharesOf(1)[0];
        var held = _scene.Vaults.NewShare(
            _scene.Vaults.NewShare().ShareKey,
            new ClusterMembership(1, 2, 4, document.Hash, ShareProvenance.LockFile)
        );

        await _scene.TakeAsync(new ImportRequest([held], DeclaredHistory.NeverSigned));

        Assert.Equal(AnchorKind.SealedMembership, Assert.Single(_scene.Anchored).Kind);
        Assert.IsType<SharePlace.Known>(_scene.Known.Find(share.PublicShare, ShareProvenance.KeymanagerPush));
    }

    /// <summary>The thief chooses when his file was made, and so which of the two hashes is the greater: both orders are tried.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_different_answers_are_none_whichever_came_last(bool greater)
    {
        var (share, genuine) = _scene.Keyshares();
        var forged = Enumerable
            .Range(0, 50)
            .Select(i =>
                _scene
                    .Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours), $"2026-01-01T00:00:00.{i:000}Z"))
                    .Document
            )
            .First(document => string.CompareOrdinal(document.Document.Hash.ToString(), genuine.Document.Hash.ToString()) > 0 == greater);

        var known = new KnownShares([genuine, forged], []);

        var disputed = Assert.IsType<SharePlace.Disputed>(known.Find(share.ShareKey, ShareProvenance.SsvPush));
        Assert.Contains(genuine.Document.Hash.ToString(), disputed.Detail, StringComparison.Ordinal);
        Assert.Contains(forged.Document.Hash.ToString(), disputed.Detail, StringComparison.Ordinal);
        Assert.Equal([share.ShareKey], known.Disputes.Select(dispute => dispute.Key));
        Assert.IsType<SharePlace.Known>(new KnownShares([genuine], []).Find(share.ShareKey, ShareProvenance.SsvPush));
    }

    [Fact]
    public async Task What_the_vault_has_sealed_speaks_against_a_document_as_another_document_does()
    {
        var (share, genuine) = _scene.Keyshares();
        await _scene.TakeAsync(new ImportRequest([share], DeclaredHistory.NeverSigned) { Document = genuine });
        var forged = _scene.Keyshares(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours))).Document;

        var held = new KnownShares([], _scene.Vault.Contents.Shares);

        var refusal = Assert.Single(held.Against(forged));
        Assert.Equal("disputed_share", refusal.Code);
        Assert.Contains(genuine.Document.Hash.ToString(), refusal.Problem, StringComparison.Ordinal);
        Assert.Contains(forged.Document.Hash.ToString(), refusal.Subject, StringComparison.Ordinal);
        Assert.Empty(held.Against(genuine));
    }

    /// <summary>Whoever asks for few keys is told the same of them.</summary>
    [Fact]
    public void What_is_known_of_some_keys_is_what_is_known_of_them_among_all()
    {
        AnchoredDocument[] documents =
        [
            KeysharesOf("single"),
            KeysharesOf("resign"),
            KeysharesOf("reshare"),
            KeysharesOf("bulk"),
            LockOf("create", ImportScene.Now),
        ];
        VaultListing.Share[] held =
        [
            new(
                documents[3].Document.SharesOf(documents[3].Document.GroupKeys[1])[0].PublicShare,
                documents[3].Document.GroupKeys[0],
                null,
                ""
            ),
        ];
        var all = new KnownShares(documents, held);
        var keys = documents
            .SelectMany(one =>
                one.Document.GroupKeys.SelectMany(group => one.Document.SharesOf(group).Select(share => share.PublicShare).Prepend(group))
            )
            .ToHashSet();
        Assert.Equal(34, keys.Count);

        foreach (var key in keys.Append(new BlsPublicKey(new byte[48])))
        {
            var some = new KnownShares(documents, held, new HashSet<BlsPublicKey> { key });
            Assert.Equal(all.Find(key, ShareProvenance.SsvPush), some.Find(key, ShareProvenance.SsvPush));
            Assert.Equal(all.Disputes.Where(dispute => dispute.Key == key), some.Disputes);
        }

        Assert.Single(all.Disputes);
    }

    /// <summary>Validators were added: the former ones stand in the new lock as they stood in the old one.</summary>
    [Fact]
    public void A_successor_that_lists_the_same_shares_again_contradicts_nothing_and_the_one_that_was_anchored_last_names_the_cluster()
    {
        var first = LockOf("create", ImportScene.Now);
        var second = LockOf("add-validators", ImportScene.Now.AddDays(1));
        var shares = second.Document.GroupKeys.Select(group => second.Document.SharesOf(group)[0].PublicShare).ToList();

        foreach (var known in new[] { new KnownShares([first, second], []), new KnownShares([second, first], []) })
        {
            Assert.Empty(known.Disputes);
            Assert.Empty(known.Against(second));
            Assert.All(shares, share =>
                Assert.Equal(
                    second.Document.Hash,
                    Assert.IsType<SharePlace.Known>(known.Find(share, ShareProvenance.KeymanagerPush)).Membership.ClusterHash
                )
            );
        }
    }

    /// <summary>A resign encrypts and signs the same shares anew; a reshare deals others for the same validator.</summary>
    [Theory]
    [InlineData("resign")]
    [InlineData("reshare")]
    public void Keyshares_made_anew_for_the_same_validator_contradict_nothing(string name) =>
        Assert.Empty(new KnownShares([KeysharesOf("single")], []).Against(KeysharesOf(name)));

    [Fact]
    public void A_lock_that_sends_fees_or_stake_elsewhere_contradicts_the_genuine_one()
    {
        var genuine = AnchoredDocument.ByWord(
            VerifiedLock.Of(ClusterVectors.Bytes(Cluster), "genuine", ImportScene.Policy),
            ImportScene.Now
        );
        var forged = AnchoredDocument.ByWord(
            VerifiedLock.Of(LockJsonWriter.Write(LockThief.Forge(ClusterVectors.Lock(Cluster))), "forged", ImportScene.Policy),
            ImportScene.Now
        );
        var known = new KnownShares([genuine, forged], []);

        var refusal = Assert.Single(new KnownShares([genuine], []).Against(forged));

        Assert.Contains(LockThief.Address, refusal.Problem, StringComparison.Ordinal);
        Assert.All(ClusterVectors.Lock(Cluster).SharesOf(1), share =>
            Assert.IsType<SharePlace.Disputed>(known.Find(share.PublicShare, ShareProvenance.KeymanagerPush))
        );
    }

    [Fact]
    public void A_key_that_is_a_share_to_one_and_whole_to_another_is_disputed()
    {
        var (share, genuine) = _scene.Keyshares();

        var known = new KnownShares([genuine], [new VaultListing.Share(share.ShareKey, share.ShareKey, null, "")]);

        Assert.IsType<SharePlace.Disputed>(known.Find(share.ShareKey, ShareProvenance.SsvPush));
    }

    private static AnchoredDocument KeysharesOf(string name) =>
        AnchoredDocument.ByWord(VerifiedKeyshares.Open(Vectors.Path($"clusters-ssv/{name}.keyshares.json")), ImportScene.Now);

    private static AnchoredDocument LockOf(string name, DateTimeOffset now) =>
        AnchoredDocument.ByWord(VerifiedLock.Open(Vectors.Path($"clusters-charon/{name}/cluster-lock.json"), ImportScene.Policy), now);
}
