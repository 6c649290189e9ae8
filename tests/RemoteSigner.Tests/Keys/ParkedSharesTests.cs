using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.Keys;

/// <summary>However a parked share is brought in again, it never signs beside the one that took its place.</summary>
public sealed class ParkedSharesTests : IAsyncLifetime
{
    private ImportScene _scene = null!;
    private IReadOnlyList<VaultShare> _former = [];
    private IReadOnlyList<VaultShare> _latter = [];
    private AnchoredDocument _created = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await ImportScene.OpenAsync();
        (_former, _created) = await _scene.NodeAsync("create", 0, vectors: "clusters-charon");
        (_latter, var recreated) = await _scene.NodeAsync("recreate-private-keys", 0, vectors: "clusters-charon");
        await _scene.TakeAsync(new ImportRequest(_former, DeclaredHistory.NeverSigned) { Document = _created });
        await _scene.TakeAsync(new ImportRequest(_latter, DeclaredHistory.FromHistory) { Document = recreated, Replace = true });
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [InlineData(DeclaredHistory.NeverSigned)]
    [InlineData(DeclaredHistory.FromHistory)]
    [InlineData(DeclaredHistory.FromNow)]
    public async Task Its_bare_keystore_is_a_second_share_of_its_validator(DeclaredHistory lowWatermark)
    {
        Assert.Equal(["second_share_of_group"], await _scene.RefusalsAsync(new ImportRequest([Bare(_former[0])], lowWatermark)));
        await AssertSignsAsync(_latter, _former, KeyState.Parked);
    }

    /// <summary>Without the document nobody but the ledger and the vault know whose it is.</summary>
    [Fact]
    public async Task A_push_of_it_is_refused_also_where_its_document_is_damaged()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Vaults.Folder, "clusters", $"{_created.Document.Hash}.json"),
            "{",
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["second_share_of_group"], await _scene.RefusalsAsync(() => PushAsync(_former[0])));

        await AssertSignsAsync(_latter, _former, KeyState.Parked);
    }

    [Fact]
    public async Task One_that_was_given_up_and_is_allowed_again_is_refused_by_its_history()
    {
        await _scene.DoAsync(new DeleteShares([.. _former.Select(share => share.ShareKey)], KeyEnd.Retired) { OnlyParked = true });
        Assert.True(await _scene.DoAsync(new AllowKeyAgain(_former[0].ShareKey)));

        Assert.Equal(["second_share_of_group"], await _scene.RefusalsAsync(new ImportRequest([Bare(_former[0])], DeclaredHistory.FromNow)));
    }

    [Fact]
    public async Task The_last_share_of_a_validator_is_not_given_up()
    {
        await _scene.DoAsync(new DeleteShares([_latter[0].ShareKey], KeyEnd.Retired));

        var ended = await _scene.DoAsync(
            new DeleteShares([.. _former.Select(share => share.ShareKey)], KeyEnd.Retired) { OnlyParked = true }
        );

        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.Equal((KeyState.Parked, KeyState.Retired), (states[_former[0].ShareKey], states[_former[1].ShareKey]));
        Assert.Equal(1, ended.Count(share => share == DeletedShare.Deleted));
        Assert.Contains(_scene.Vault.Contents.Shares, share => share.ShareKey == _former[0].ShareKey);
    }

    [Fact]
    public async Task A_push_that_replaces_brings_it_back_with_the_place_that_it_had()
    {
        File.Delete(Path.Combine(_scene.Vaults.Folder, "clusters", $"{_created.Document.Hash}.json"));

        await PushAsync(_former[0], replace: true);

        var held = _scene.Vault.Contents.Shares.Single(share => share.ShareKey == _former[0].ShareKey);
        Assert.Equal((_former[0].GroupKey, _former[0].Membership), (held.GroupKey, held.Membership));
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.Equal((KeyState.Active, KeyState.Parked), (states[_former[0].ShareKey], states[_latter[0].ShareKey]));
    }

    /// <summary>A document that others succeed does not come back by itself, nor with leave to park.</summary>
    [Fact]
    public async Task Nothing_goes_back_to_an_older_document_without_a_persons_word()
    {
        await using var scene = await ImportScene.OpenAsync();
        var (first, created) = await scene.NodeAsync("create", 0, vectors: "clusters-charon");
        var (second, added) = await scene.NodeAsync("add-validators", 0, vectors: "clusters-charon");
        await scene.TakeAsync(new ImportRequest(first, DeclaredHistory.NeverSigned) { Document = created });
        await scene.TakeAsync(new ImportRequest(second, DeclaredHistory.NeverSigned) { Document = added });

        Assert.Equal(
            ["superseded_document", "superseded_document"],
            await scene.RefusalsAsync(new ImportRequest(first, DeclaredHistory.FromHistory) { Document = created, Replace = true })
        );
        Assert.Equal(["superseded_document", "superseded_document"], await scene.RefusalsAsync(Bind(first, created)));

        // What the refusal names for a newer document that the cluster has given up leads back, and what it names where the shares are
        // parked does, too.
        Assert.Contains("cluster bind --replace", await HintAsync(scene, Bind(first, created)), StringComparison.Ordinal);
        await scene.TakeAsync(Bind(first, created) with { Rebind = true, Replace = true });
        Assert.All(scene.Vault.Contents.Shares.Where(share => first.Any(one => one.ShareKey == share.ShareKey)), share =>
            Assert.Equal(created.Document.Hash, share.Membership!.ClusterHash)
        );
        await scene.TakeAsync(Bind(second, added));

        var (latter, recreated) = await scene.NodeAsync("recreate-private-keys", 0, vectors: "clusters-charon");
        await scene.TakeAsync(new ImportRequest(latter, DeclaredHistory.FromHistory) { Document = recreated, Replace = true });
        Assert.Equal(
            ["superseded_document", "superseded_document"],
            await scene.RefusalsAsync(Bind(first, created) with { IsWhole = true, Replace = true })
        );
        Assert.Contains(
            $"cluster revert {added.Document.Hash}",
            await HintAsync(scene, Bind(first, created) with { IsWhole = true, Replace = true }),
            StringComparison.Ordinal
        );
    }

    private static async Task<string> HintAsync(ImportScene scene, ImportRequest order) =>
        (await Assert.ThrowsAsync<ImportException>(() => scene.TakeAsync(order))).Refusals[0].Hint;

    private static ImportRequest Bind(IReadOnlyList<VaultShare> shares, AnchoredDocument document) =>
        new([], DeclaredHistory.FromHistory)
        {
            Document = document,
            Places = shares.ToDictionary(share => share.ShareKey, share => (share.GroupKey!.Value, share.Membership!)),
        };

    private static VaultShare Bare(VaultShare share) => share with { GroupKey = null, Membership = null };

    private Task<IReadOnlyList<PushedShare>> PushAsync(VaultShare share, bool replace = false) =>
        _scene.DoAsync(
            new PushShares(
                new SharePush(
                    [(share.ShareKey, share.Secret)],
                    ShareProvenance.KeymanagerPush,
                    PushLabels.Keymanager,
                    DeclaredHistory.FromNow,
                    AdminRight.ManageKeys
                )
                {
                    Replace = replace,
                }
            )
        );

    private async Task AssertSignsAsync(IReadOnlyList<VaultShare> shares, IReadOnlyList<VaultShare> others, KeyState state)
    {
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(shares, share => Assert.Equal(KeyState.Active, states[share.ShareKey]));
        Assert.All(others, share => Assert.Equal(state, states[share.ShareKey]));
    }
}
