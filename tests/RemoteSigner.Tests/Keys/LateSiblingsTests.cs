using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Audit;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

/// <summary>
/// A share came without a document and signs, and the document then says that another share of its validator signs here, too: from that act
/// on one of the two does.
/// </summary>
[Trait("Speed", "slow")]
public sealed class LateSiblingsTests : IAsyncLifetime
{
    private ImportScene _scene = null!;
    private IReadOnlyList<VaultShare> _former = [];
    private IReadOnlyList<VaultShare> _latter = [];
    private AnchoredDocument _created = null!;
    private AnchoredDocument _recreated = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await ImportScene.OpenAsync();
        (_former, _created) = await _scene.NodeAsync("create", 0, vectors: "clusters-charon");
        (_latter, _recreated) = await _scene.NodeAsync("recreate-private-keys", 0, vectors: "clusters-charon");
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [InlineData("bind")]
    [InlineData("import")]
    [InlineData("keystores")]
    public async Task The_document_parks_the_one_that_came_without_it(string door)
    {
        await FormerAndBareAsync();

        var done = await _scene.TakeAsync(
            door switch
            {
                "bind" => Bind(_latter, _recreated),
                "import" => Bind(_latter, _recreated) with { IsWhole = true },
                _ => new ImportRequest(_latter, DeclaredHistory.FromHistory) { Document = _recreated },
            }
        );

        Assert.Equal(_latter.Select(share => share.ShareKey).ToHashSet(), done.Yielded.ToHashSet());
        Assert.Empty(done.Shares);
        await AssertAsync(_former, _latter);
        Assert.All(_latter, share => Assert.Equal((share.GroupKey, share.Membership), (Held(share).GroupKey, Held(share).Membership)));
        Assert.Equal(
            2,
            (await _scene.AuditAsync()).Count(entry =>
                entry.Contains("key.bind", StringComparison.Ordinal)
                && entry.Contains("its place is taken, so it is parked", StringComparison.Ordinal)
            )
        );
        Assert.Contains(
            "they came without a document",
            Assert.Single(await _scene.AuditAsync(), entry => entry.Contains("\"key.park\"", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        var set = Assert.Single(await _scene.Administrator.ParkedSetsAsync());
        Assert.Equal((_recreated.Document.Hash, _created.Document.Hash), (set.Cluster, set.Successor));

        await _scene.DoAsync(new RevertShares([.. _latter.Select(share => share.ShareKey)]));
        await AssertAsync(_latter, _former);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(_scene.Ledger));
    }

    [Fact]
    public async Task With_leave_to_replace_it_takes_the_place()
    {
        await FormerAndBareAsync();

        await _scene.TakeAsync(Bind(_latter, _recreated) with { Replace = true });

        await AssertAsync(_latter, _former);
    }

    /// <summary>One node's shares and another's were pushed to one signer: the lock says which are ours.</summary>
    [Fact]
    public async Task Another_operators_share_is_parked_and_no_revert_leads_to_it()
    {
        var (others, _) = await _scene.NodeAsync("create", 1, vectors: "clusters-charon");
        await _scene.TakeAsync(new ImportRequest([.. others.Concat(_former).Select(Bare)], DeclaredHistory.NeverSigned));

        await _scene.TakeAsync(Bind(_former, _created));

        await AssertAsync(_former, others);
        Assert.All(others, share =>
            Assert.Equal((share.GroupKey, (ClusterMembership?)null), (Held(share).GroupKey, Held(share).Membership))
        );
    }

    /// <summary>Nobody said which node is ours: whoever was here first goes on.</summary>
    [Fact]
    public async Task Of_two_operators_shares_the_first_goes_on_where_the_document_does_not_say_whose_they_are()
    {
        var (others, _) = await _scene.NodeAsync("create", 1, vectors: "clusters-charon");
        await _scene.TakeAsync(new ImportRequest([.. others.Concat(_former).Select(Bare)], DeclaredHistory.NeverSigned));

        await _scene.TakeAsync(Bind([.. _former, .. others], _created));

        await AssertAsync(others, _former);
    }

    /// <summary>The document was there, and the share that has its place in it comes last.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_share_that_comes_with_its_place_parks_another_operators_that_waits(bool pushed)
    {
        var (others, _) = await _scene.NodeAsync("create", 1, vectors: "clusters-charon");
        await _scene.TakeAsync(new ImportRequest([.. others.Select(Bare)], DeclaredHistory.NeverSigned));
        await _scene.KeepAsync(_created);

        if (pushed)
        {
            await PushAsync(_former);
        }
        else
        {
            await _scene.TakeAsync(new ImportRequest(_former, DeclaredHistory.NeverSigned) { Document = _created });
        }

        await AssertAsync(_former, others);
    }

    /// <summary>Its document is known by the time at which it is pushed again.</summary>
    [Fact]
    public async Task A_repeated_push_is_told_apart_from_the_one_that_has_the_place()
    {
        await FormerAndBareAsync();
        await _scene.KeepAsync(_recreated);

        await PushAsync(_latter);

        await AssertAsync(_former, _latter);
    }

    /// <summary>A keystore without a word about its cluster, of which a document that is kept here knows.</summary>
    [Fact]
    public async Task A_bare_keystore_is_a_second_share_where_a_kept_document_says_so()
    {
        await _scene.TakeAsync(new ImportRequest(_former, DeclaredHistory.NeverSigned) { Document = _created });
        await _scene.KeepAsync(_recreated);

        Assert.Equal(
            ["second_share_of_group"],
            await _scene.RefusalsAsync(new ImportRequest([Bare(_latter[0])], DeclaredHistory.NeverSigned))
        );
    }

    /// <summary>All or none: of two that lack their place the one has no keystore here and may come in by --replace alone.</summary>
    [Fact]
    public async Task What_cannot_be_done_as_a_whole_says_of_the_late_one_that_it_signs_and_how_to_end_that()
    {
        await _scene.TakeAsync(new ImportRequest(_former, DeclaredHistory.NeverSigned) { Document = _created });
        await _scene.TakeAsync(new ImportRequest([Bare(_latter[0])], DeclaredHistory.NeverSigned));

        var refused = await Assert.ThrowsAsync<ImportException>(() =>
            _scene.TakeAsync(
                new ImportRequest([_latter[1]], DeclaredHistory.FromHistory)
                {
                    Document = _recreated,
                    Places = PlacesOf(_latter),
                    IsWhole = true,
                }
            )
        );

        Assert.Equal(["second_share_of_group", "second_share_of_group"], refused.Refusals.Select(refusal => refusal.Code));
        Assert.Contains(
            "add-lock",
            Assert.Single(refused.Refusals, refusal => refusal.ShareKey == _latter[0].ShareKey).Hint,
            StringComparison.Ordinal
        );
        await _scene.TakeAsync(Bind(_latter, _recreated));
        await AssertAsync(_former, [_latter[0]]);
    }

    private async Task FormerAndBareAsync()
    {
        await _scene.TakeAsync(new ImportRequest(_former, DeclaredHistory.NeverSigned) { Document = _created });
        await _scene.TakeAsync(new ImportRequest([.. _latter.Select(Bare)], DeclaredHistory.NeverSigned));
        await AssertAsync([.. _former, .. _latter], []);
    }

    private static ImportRequest Bind(IReadOnlyList<VaultShare> shares, AnchoredDocument document) =>
        new([], DeclaredHistory.FromHistory) { Document = document, Places = PlacesOf(shares) };

    private static Dictionary<BlsPublicKey, (BlsPublicKey GroupKey, ClusterMembership Membership)> PlacesOf(
        IReadOnlyList<VaultShare> shares
    ) => shares.ToDictionary(share => share.ShareKey, share => (share.GroupKey!.Value, share.Membership!));

    private static VaultShare Bare(VaultShare share) => share with { GroupKey = null, Membership = null };

    private VaultListing.Share Held(VaultShare share) => _scene.Vault.Contents.Shares.Single(held => held.ShareKey == share.ShareKey);

    private Task<IReadOnlyList<PushedShare>> PushAsync(IReadOnlyList<VaultShare> shares) =>
        _scene.DoAsync(
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

    private async Task AssertAsync(IReadOnlyList<VaultShare> signing, IReadOnlyList<VaultShare> parked)
    {
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(signing, share => Assert.Equal(KeyState.Active, states[share.ShareKey]));
        Assert.All(parked, share => Assert.Equal(KeyState.Parked, states[share.ShareKey]));
    }
}
