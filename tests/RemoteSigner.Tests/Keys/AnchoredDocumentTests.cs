using System.Collections.Immutable;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Clusters;
using RemoteSigner.Tests.Clusters.Ssv;

namespace RemoteSigner.Tests.Keys;

public sealed class AnchoredDocumentTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public void Nobody_makes_one_without_a_reason() => Assert.Empty(typeof(AnchoredDocument).GetConstructors());

    [Theory]
    [MemberData(nameof(ClusterLocks.Genuine), MemberType = typeof(ClusterLocks))]
    public void A_lock_is_anchored_by_the_signature_of_each_of_its_nodes_and_of_no_other(string name)
    {
        var cluster = VerifiedLock.Of(ClusterVectors.Bytes(name), name, ImportScene.Policy);
        foreach (var member in cluster.Cluster.Definition.Operators)
        {
            Assert.True(NodeRecord.TryParse(member.Enr, out var record, out _));
            Assert.Equal(
                AnchorKind.NodeSignature,
                AnchoredDocument.ByNode(cluster, record.PublicKey, "node", accepted: false, ImportScene.Now).Kind
            );
        }

        var stranger = new NodeFolder(ClusterVectors.NodeFolder(name == Cluster ? "lock-v1_10-4of3" : Cluster, 0)).ReadNodeKey(
            _scene.Vaults.Arena
        );
        Assert.Equal(["foreign_node"], Codes(() => AnchoredDocument.ByNode(cluster, stranger, "node", accepted: true, ImportScene.Now)));
    }

    /// <summary>The forgery: no check fails, and the only thing that shows it is that no node has signed.</summary>
    [Fact]
    public void A_lock_made_of_public_keys_alone_passes_every_check_and_is_not_anchored_by_our_node()
    {
        var forged = LockThief.Forge(ClusterVectors.Lock(Cluster));
        Assert.Empty(ClusterVectors.Failures(forged));
        Assert.Contains(
            "can be made from public keys",
            Assert.IsType<CheckVerdict.Passed>(ClusterVectors.VerdictOf(forged, ClusterCheck.SignatureAggregate)).Note,
            StringComparison.Ordinal
        );
        var cluster = VerifiedLock.Of(LockJsonWriter.Write(forged), "forged", ImportScene.Policy);

        Assert.Equal(["unanchored_lock"], Codes(() => AnchoredDocument.ByNode(cluster, NodeKey, "node", accepted: false, ImportScene.Now)));
        Assert.Equal(AnchorKind.OperatorsWord, AnchoredDocument.ByNode(cluster, NodeKey, "node", accepted: true, ImportScene.Now).Kind);
    }

    /// <summary>The other forgery. An owner alone would let it through: the thief signs for whatever owner he likes.</summary>
    [Fact]
    public void Keyshares_of_a_strangers_validator_pass_every_check_and_are_not_those_that_the_contract_names()
    {
        var genuine = VerifiedKeyshares.Open(Vectors.Path(KeysharesVectors.Ours));
        var forged = VerifiedKeyshares.Of(KeysharesThief.Forge(KeysharesVectors.Node(KeysharesVectors.Ours)), "forged.json");
        var stated = new StatedValidators(genuine.Document.File.Validators[0].OwnerAddress, genuine.Document.GroupKeys.ToHashSet());

        Assert.Equal(AnchorKind.StatedValidators, AnchoredDocument.ByStatement(genuine, stated, ImportScene.Now).Kind);
        Assert.Equal(
            ["validator_not_stated", "validator_not_in_file"],
            Codes(() => AnchoredDocument.ByStatement(forged, stated, ImportScene.Now))
        );
        Assert.Equal(
            ["other_owner"],
            Codes(() =>
                AnchoredDocument.ByStatement(genuine, stated with { Owner = ExecutionAddress.Parse(LockThief.Address) }, ImportScene.Now)
            )
        );
        Assert.Equal(AnchorKind.OperatorsWord, AnchoredDocument.ByWord(forged, ImportScene.Now).Kind);
    }

    [Fact]
    public async Task What_was_anchored_once_is_believed_later_with_every_byte_as_it_was()
    {
        var (_, document) = await _scene.NodeAsync(Cluster, 0);
        await _scene.KeepAsync(document);
        var path = Path.Combine(_scene.Vaults.Folder, "clusters", $"{document.Document.Hash}.json");

        var anchored = Assert.Single(_scene.Anchored);
        Assert.Equal((AnchorKind.NodeSignature, ImportScene.Now, document.Content), (anchored.Kind, anchored.Since, anchored.Content));

        // No hash covers a space: the lock is the same, and yet it is another file.
        await File.AppendAllTextAsync(path, " ", TestContext.Current.CancellationToken);
        Assert.Single(_scene.Library.Read().Documents);
        Assert.Empty(_scene.Anchored);
    }

    [Fact]
    public async Task An_anchor_of_another_document_or_another_vault_is_none()
    {
        var (_, document) = await _scene.NodeAsync(Cluster, 0);
        await _scene.KeepAsync(document);
        var other = _scene.Archive.Add(ClusterVectors.Bytes("lock-v1_10-4of3")).Hash;
        await File.WriteAllBytesAsync(
            _scene.Archive.AnchorPathOf(other),
            _scene.Archive.ReadAnchor(document.Document.Hash),
            TestContext.Current.CancellationToken
        );
        await using var elsewhere = await ImportScene.OpenAsync();
        elsewhere.Archive.Add(document.Json);
        await File.WriteAllBytesAsync(
            elsewhere.Archive.AnchorPathOf(document.Document.Hash),
            _scene.Archive.ReadAnchor(document.Document.Hash),
            TestContext.Current.CancellationToken
        );

        Assert.Equal([document.Document.Hash], _scene.Anchored.Select(one => one.Document.Hash));
        Assert.Empty(elsewhere.Anchored);
    }

    [Fact]
    public void A_vault_that_nobody_has_opened_vouches_for_nothing()
    {
        using var key = _scene.Vault.DeriveAnchorKey();

        Assert.Throws<ArgumentException>(() => AnchoredDocument.In(_scene.Library, [], Vault.List(_scene.Vaults.VaultPath), key));
    }

    [Fact]
    public void What_was_borne_is_told()
    {
        var policy = ImportScene.Policy with { AcceptLowThreshold = true, AcceptContractSignatures = true };

        var document = AnchoredDocument.ByWord(VerifiedLock.Of(ClusterVectors.Bytes(Cluster), "lock", policy), ImportScene.Now);

        Assert.Equal("a low threshold was borne, contract signatures were not judged", document.Borne);
    }

    private ImmutableArray<byte> NodeKey => new NodeFolder(ClusterVectors.NodeFolder(Cluster, 0)).ReadNodeKey(_scene.Vaults.Arena);

    private static IEnumerable<string> Codes(Func<AnchoredDocument> make) =>
        Assert.Throws<ImportException>(make).Refusals.Select(refusal => refusal.Code);
}
