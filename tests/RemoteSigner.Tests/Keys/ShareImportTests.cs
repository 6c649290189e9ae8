using System.Text;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

public sealed class ShareImportTests : IAsyncLifetime
{
    private const string Cluster = "lock-v1_11-4of3";

    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_nodes_shares_are_sealed_with_their_place_and_their_lock_is_kept()
    {
        var shares = await _scene.ImportAsync(Cluster, 1);

        var document = Assert.Single(_scene.Library.Read().Documents).Document;
        Assert.Equal(2, shares.Count);
        Assert.All(_scene.Vault.Contents.Shares, share =>
        {
            Assert.Equal(new ClusterMembership(2, 3, 4, document.Hash, ShareProvenance.LockFile), share.Membership);
            Assert.Contains((2UL, share.ShareKey), document.SharesOf(share.GroupKey!.Value));
        });
        Assert.Equal(document.GroupKeys, _scene.Vault.Contents.Shares.Select(share => share.GroupKey!.Value));
    }

    [Fact]
    public async Task A_damaged_copy_of_their_lock_is_replaced()
    {
        var (shares, document) = await _scene.NodeAsync(Cluster, 0);
        _scene.Archive.Add(document.Json);
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Vaults.Folder, "clusters", $"{document.Document.Hash}.json"),
            "{",
            TestContext.Current.CancellationToken
        );

        await _scene.TakeAsync(new ImportRequest(shares, DeclaredHistory.NeverSigned) { Document = document });

        Assert.Empty(_scene.Library.Read().Unreadable);
    }

    /// <summary>A damaged document costs the refusals that it alone could give, and no import.</summary>
    [Fact]
    public async Task A_damaged_document_of_held_shares_stops_no_other_import()
    {
        await _scene.ImportAsync(Cluster, 0);
        await File.WriteAllTextAsync(
            Path.Combine(_scene.Vaults.Folder, "clusters", $"{_scene.Vault.Contents.Shares[0].Membership!.ClusterHash}.json"),
            "{",
            TestContext.Current.CancellationToken
        );

        await _scene.TakeAsync(new ImportRequest([_scene.Vaults.NewShare()], DeclaredHistory.NeverSigned));

        Assert.Equal(3, _scene.Vault.Contents.Shares.Count);
        Assert.Single(_scene.Library.Read().Unreadable);
    }

    [Fact]
    public async Task A_second_share_of_one_group_is_refused_also_with_replace()
    {
        await _scene.ImportAsync(Cluster, 0);
        var (others, json) = await _scene.NodeAsync(Cluster, 1);

        Assert.Contains(
            "second_share_of_group",
            await _scene.RefusalsAsync(new ImportRequest(others, DeclaredHistory.NeverSigned) { Document = json })
        );
        Assert.Contains(
            "other_operator",
            await _scene.RefusalsAsync(new ImportRequest(others, DeclaredHistory.NeverSigned) { Document = json, Replace = true })
        );
        VaultShare unnamed = others[0] with { GroupKey = null, Membership = null };
        Assert.Equal(["second_share_of_group"], await _scene.RefusalsAsync(new ImportRequest([unnamed], DeclaredHistory.NeverSigned)));
    }

    [Fact]
    public async Task A_whole_key_and_a_share_of_it_never_lie_together()
    {
        var whole = _scene.Vaults.NewShare();
        var share = _scene.Vaults.NewShare(whole.ShareKey);
        Assert.Equal(
            ["whole_key_of_held_group", "group_held_as_whole_key"],
            await _scene.RefusalsAsync(new ImportRequest([whole, share], DeclaredHistory.NeverSigned))
        );
        Assert.Equal(
            ["whole_key_of_held_group"],
            await _scene.RefusalsAsync(new ImportRequest([share, whole], DeclaredHistory.NeverSigned))
        );

        await _scene.TakeAsync(new ImportRequest([whole], DeclaredHistory.NeverSigned));
        Assert.Equal(["group_held_as_whole_key"], await _scene.RefusalsAsync(new ImportRequest([share], DeclaredHistory.NeverSigned)));

        var second = _scene.Vaults.NewShare();
        await _scene.TakeAsync(new ImportRequest([_scene.Vaults.NewShare(second.ShareKey)], DeclaredHistory.NeverSigned));
        Assert.Equal(["whole_key_of_held_group"], await _scene.RefusalsAsync(new ImportRequest([second], DeclaredHistory.NeverSigned)));
    }

    [Fact]
    public async Task What_is_held_or_given_twice_is_refused_and_every_refusal_is_told()
    {
        var shares = await _scene.ImportAsync(Cluster, 0);
        var fresh = _scene.Vaults.NewShare();

        Assert.Equal(
            ["already_held", "given_twice"],
            await _scene.RefusalsAsync(new ImportRequest([shares[1], fresh, fresh], DeclaredHistory.NeverSigned))
        );
    }

    [Fact]
    public async Task The_past_must_be_stated_and_must_agree_with_what_is_known()
    {
        var share = _scene.Vaults.NewShare();
        Assert.Equal(["no_slashing_history"], await _scene.RefusalsAsync(new ImportRequest([share], DeclaredHistory.FromHistory)));
        Assert.Equal(
            ["no_slashing_history"],
            await _scene.RefusalsAsync(
                new ImportRequest([share], DeclaredHistory.FromHistory) { History = History(_scene.Vaults.NewShare().ShareKey) }
            )
        );

        await _scene.TakeAsync(new ImportRequest([share], DeclaredHistory.FromHistory) { History = History(share.ShareKey) });
        Assert.Equal(
            "7",
            (await _scene.Slashing.StatusAsync())
                .Single(status => status.Keys.Any(key => key.PublicKey == share.ShareKey))
                .LowestTarget?.ToString()
        );

        await _scene.DoAsync(new DeleteShares([share.ShareKey], KeyEnd.Released));
        Assert.Equal(["has_slashing_history"], await _scene.RefusalsAsync(new ImportRequest([share], DeclaredHistory.NeverSigned)));
        await _scene.TakeAsync(new ImportRequest([share], DeclaredHistory.FromHistory));
        await _scene.DoAsync(new DeleteShares([share.ShareKey], KeyEnd.Retired));
        Assert.Equal(["was_retired"], await _scene.RefusalsAsync(new ImportRequest([share], DeclaredHistory.FromHistory)));
    }

    [Fact]
    public async Task History_may_come_under_the_group_key()
    {
        var (shares, json) = await _scene.NodeAsync(Cluster, 0);

        await _scene.TakeAsync(
            new ImportRequest(shares, DeclaredHistory.FromHistory)
            {
                Document = json,
                History = History([.. shares.Select(share => share.GroupKey!.Value)]),
            }
        );

        Assert.All(await _scene.Slashing.StatusAsync(), status => Assert.Equal("7", status.LowestTarget?.ToString()));
    }

    [Fact]
    public async Task A_reshared_share_takes_the_place_of_the_old_one_and_its_history_goes_on()
    {
        var old = await _scene.ImportAsync(Cluster, 0);
        await _scene.Slashing.ImportAsync(History(old[0].ShareKey), InterchangeReading.LowWatermarksAtLowest);
        var member = old[0].Membership! with { ClusterHash = new Root(new byte[32]), ShareIndex = 3 };
        IReadOnlyList<VaultShare> reshared = [.. old.Select(share => _scene.Vaults.NewShare(share.GroupKey, member))];
        Assert.Equal(
            ["second_share_of_group", "second_share_of_group"],
            await _scene.RefusalsAsync(new ImportRequest(reshared, DeclaredHistory.FromHistory))
        );

        await _scene.TakeAsync(new ImportRequest(reshared, DeclaredHistory.FromHistory) { Replace = true });

        Assert.Equal(old.Concat(reshared).Select(share => share.ShareKey), _scene.Vault.Contents.Shares.Select(share => share.ShareKey));
        var status = (await _scene.Slashing.StatusAsync()).Single(one => one.Keys.Any(key => key.PublicKey == old[0].ShareKey));
        Assert.Equal("7", status.LowestTarget?.ToString());
        Assert.Equal(KeyState.Parked, status.Keys.Single(key => key.PublicKey == old[0].ShareKey).State);
        Assert.Equal(KeyState.Active, status.Keys.Single(key => key.PublicKey == reshared[0].ShareKey).State);
        Assert.Equal(
            ["second_share_of_group", "second_share_of_group"],
            await _scene.RefusalsAsync(new ImportRequest(old, DeclaredHistory.FromHistory))
        );

        // The same once more, the other way round: a set that is parked comes back.
        await _scene.TakeAsync(new ImportRequest(old, DeclaredHistory.FromHistory) { Replace = true });
        await AssertSignAsync(old, reshared);
        await _scene.DoAsync(new RevertShares([.. reshared.Select(share => share.ShareKey)]));
        await AssertSignAsync(reshared, old);
        await _scene.DoAsync(
            new DeleteShares([.. old.Concat(reshared).Select(share => share.ShareKey)], KeyEnd.Retired) { OnlyParked = true }
        );
        Assert.Equal(reshared.Select(share => share.ShareKey), _scene.Vault.Contents.Shares.Select(share => share.ShareKey));
        Assert.Equal(
            "7",
            (await _scene.Slashing.StatusAsync())
                .Single(one => one.Keys.Any(key => key.PublicKey == old[0].ShareKey))
                .LowestTarget?.ToString()
        );
    }

    [Fact]
    public async Task A_share_that_came_without_its_cluster_is_bound_to_it_later()
    {
        var (shares, json) = await _scene.NodeAsync(Cluster, 0);
        await _scene.TakeAsync(
            new ImportRequest([.. shares.Select(share => share with { GroupKey = null, Membership = null })], DeclaredHistory.NeverSigned)
        );

        await _scene.TakeAsync(new ImportRequest(shares, DeclaredHistory.FromHistory) { Document = json });

        _scene.Vaults.AssertHolds(_scene.Vault, shares);
        Assert.All(await _scene.Slashing.StatusAsync(), status => Assert.Equal(2, status.Keys.Count));
        Assert.Equal(
            ["already_held", "already_held"],
            await _scene.RefusalsAsync(new ImportRequest(shares, DeclaredHistory.FromHistory) { Document = json })
        );
    }

    [Fact]
    public async Task A_vault_that_cannot_be_written_leaves_shares_that_sign_nothing_and_repeating_it_finishes_it()
    {
        var (shares, json) = await _scene.NodeAsync(Cluster, 0);
        await using (new FileStream(_scene.Vaults.VaultPath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var order = new ImportRequest(shares, DeclaredHistory.FromHistory)
            {
                Document = json,
                History = History([.. shares.Select(share => share.ShareKey)]),
            };
            Assert.Equal(VaultFault.Busy, (await Assert.ThrowsAsync<VaultException>(() => _scene.TakeAsync(order))).Fault);
        }

        Assert.Empty(_scene.Vault.Contents.Shares);
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(shares, share => Assert.Equal(KeyState.Enrolling, states[share.ShareKey]));
        Assert.Equal("key.import.interrupted", (await _scene.ActionsAsync())[^1]);

        await _scene.TakeAsync(new ImportRequest(shares, DeclaredHistory.FromHistory) { Document = json });
        _scene.Vaults.AssertHolds(_scene.Vault, shares);
        states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(shares, share => Assert.Equal(KeyState.Active, states[share.ShareKey]));
    }

    /// <summary>
    /// What is here was looked at before the act, and the keystores of the others opened: in between a share may be deleted.
    /// </summary>
    [Fact]
    public async Task A_share_of_the_document_that_is_neither_here_nor_offered_is_missed()
    {
        var shares = await _scene.ImportAsync(Cluster, 0);
        var (_, document) = await _scene.NodeAsync(Cluster, 0);
        var whole = new ImportRequest([], DeclaredHistory.FromHistory)
        {
            Document = document,
            Places = shares.ToDictionary(share => share.ShareKey, share => (share.GroupKey!.Value, share.Membership!)),
            IsWhole = true,
        };
        await _scene.TakeAsync(whole);
        await _scene.DoAsync(new DeleteShares([shares[1].ShareKey], KeyEnd.Released));

        Assert.Equal(["missing_keystore"], await _scene.RefusalsAsync(whole));

        await _scene.TakeAsync(whole with { Shares = [shares[1]], LowWatermark = DeclaredHistory.NeverSigned });
        Assert.Equal(2, _scene.Vault.Contents.Shares.Count);
    }

    [Fact]
    public async Task A_malformed_history_leaves_everything_as_it_was()
    {
        var before = await _scene.StateAsync();
        var order = new ImportRequest([_scene.Vaults.NewShare()], DeclaredHistory.FromHistory)
        {
            History = new MemoryStream("{}"u8.ToArray()),
        };

        await Assert.ThrowsAsync<InterchangeException>(() => _scene.TakeAsync(order));

        Assert.Equal(before, await _scene.StateAsync());
    }

    private async Task AssertSignAsync(IReadOnlyList<VaultShare> shares, IReadOnlyList<VaultShare> parked)
    {
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(shares, share => Assert.Equal(KeyState.Active, states[share.ShareKey]));
        Assert.All(parked, share => Assert.Equal(KeyState.Parked, states[share.ShareKey]));
        Assert.Equal(
            shares.Concat(parked).Select(share => share.ShareKey).ToHashSet(),
            _scene.Vault.Contents.Shares.Select(share => share.ShareKey).ToHashSet()
        );
    }

    private static MemoryStream History(params BlsPublicKey[] keys) =>
        new(
            Encoding.UTF8.GetBytes(
                $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Network.Find("hoodi")!.GenesisValidatorsRoot}}"},"data":[{{string.Join(',', keys.Select(Entry))}}]}"""
            )
        );

    private static string Entry(BlsPublicKey key) =>
        $$"""{"pubkey":"{{key}}","signed_blocks":[],"signed_attestations":[{"source_epoch":"6","target_epoch":"7"}]}""";
}
