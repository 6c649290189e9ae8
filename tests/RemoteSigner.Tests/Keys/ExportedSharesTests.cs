using System.Security.Cryptography;
using RemoteSigner.Administration;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Administration;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Keys;

/// <summary>
/// Shares that were handed out for a ceremony sign nothing until its document is in, or a person says that no copy is left; in whatever way
/// they are brought in.
/// </summary>
[Trait("Speed", "slow")]
public sealed class ExportedSharesTests : IAsyncLifetime
{
    private readonly string _memory = ActStock.NewFolder();
    private ImportScene _scene = null!;
    private IReadOnlyList<VaultShare> _shares = [];
    private AnchoredDocument _created = null!;

    private string Folder => Path.Combine(_memory, "ceremony");

    public async ValueTask InitializeAsync()
    {
        _scene = await ImportScene.OpenAsync();
        (_shares, _created) = await _scene.NodeAsync("create", 0, vectors: "clusters-charon");
        await _scene.TakeAsync(new ImportRequest(_shares, DeclaredHistory.NeverSigned) { Document = _created });
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        Directory.Delete(_memory, recursive: true);
    }

    /// <summary>Read by what opens every node's keystores: in the lock's order, each with a password of its own.</summary>
    [Fact]
    public async Task What_is_written_is_a_nodes_folder_with_the_same_secrets()
    {
        Assert.Equal(2, await ExportAsync());

        File.Copy(Vectors.Path("clusters-charon/create/node0/charon-enr-private-key"), Path.Combine(Folder, "charon-enr-private-key"));
        var (read, _) = await _scene.NodeAsync("create", 0, Folder, "clusters-charon");
        Assert.Equal(_shares.Select(Secret), read.Select(Secret));
        Assert.All(Directory.EnumerateFiles(Path.Combine(Folder, "validator_keys")), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        var passwords = Directory.EnumerateFiles(Path.Combine(Folder, "validator_keys"), "*.txt").Select(File.ReadAllText).ToList();
        Assert.All(passwords, password => Assert.Matches("^[0-9a-f]{32}$", password));
        Assert.Equal(2, passwords.Distinct().Count());
        await AssertAsync(KeyState.Exported);
        Assert.Equal(["key.export", "key.exported"], (await _scene.ActionsAsync()).TakeLast(2));
        Assert.Contains((await _scene.AuditAsync()), entry =>
            entry.Contains("replace-operator, asked for by Ada", StringComparison.Ordinal)
            && entry.Contains(_shares[1].ShareKey.ToString(), StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(DeclaredHistory.NeverSigned, false)]
    [InlineData(DeclaredHistory.FromHistory, false)]
    [InlineData(DeclaredHistory.FromNow, false)]
    [InlineData(DeclaredHistory.NeverSigned, true)]
    [InlineData(DeclaredHistory.FromNow, true)]
    public async Task Its_keystore_does_not_bring_it_back_with_the_document_that_it_had_or_without(
        DeclaredHistory lowWatermark,
        bool withDocument
    )
    {
        await ExportAsync();
        var order = withDocument
            ? new ImportRequest([_shares[0]], lowWatermark) { Document = _created }
            : new ImportRequest([_shares[0] with { GroupKey = null, Membership = null }], lowWatermark);

        Assert.Equal(["exported"], await _scene.RefusalsAsync(order));
        Assert.Equal(["exported"], await _scene.RefusalsAsync(order with { Replace = true }));
        Assert.Equal(["exported", "exported"], await _scene.RefusalsAsync(Whole(_shares, _created)));
        Assert.Equal(["exported", "exported"], await _scene.RefusalsAsync(Whole(_shares, _created) with { Replace = true }));
        await AssertAsync(KeyState.Exported);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_does_not_bring_it_back(bool replace)
    {
        await ExportAsync();

        Assert.Equal(
            ["exported"],
            await _scene.RefusalsAsync(() =>
                _scene.DoAsync(
                    new PushShares(
                        new SharePush(
                            [(_shares[0].ShareKey, _shares[0].Secret)],
                            ShareProvenance.KeymanagerPush,
                            PushLabels.Keymanager,
                            DeclaredHistory.FromNow,
                            AdminRight.ManageKeys
                        )
                        {
                            Replace = replace,
                        }
                    )
                )
            )
        );

        await AssertAsync(KeyState.Exported);
    }

    /// <summary>Validators were added: the shares are the same.</summary>
    [Fact]
    public async Task The_successor_in_which_they_stand_lets_them_sign_without_a_keystore()
    {
        await ExportAsync();
        var (all, added) = await _scene.NodeAsync("add-validators", 0, vectors: "clusters-charon");
        var order = Whole(all, added, bring: all.Where(share => _shares.All(one => one.ShareKey != share.ShareKey)));
        Assert.Equal("export_still_there", (await Assert.ThrowsAsync<AdminException>(() => _scene.TakeAsync(order))).Code);
        await AssertAsync(KeyState.Exported);
        Directory.Delete(Folder, recursive: true);

        var done = await _scene.TakeAsync(order);

        Assert.Equal(_shares.Select(share => share.ShareKey).ToHashSet(), done.Returned.ToHashSet());
        await AssertAsync(KeyState.Active);
        Assert.All(_scene.Vault.Contents.Shares, share => Assert.Equal(added.Document.Hash, share.Membership!.ClusterHash));
        Assert.Equal(["exported", "exported"], await ExportedToOldAsync());
    }

    /// <summary>Keys were made anew: the former ones stay out until they are given up, and their validators' history goes on.</summary>
    [Fact]
    public async Task The_successor_with_other_shares_goes_on_with_the_history_and_commit_gives_the_former_up()
    {
        await ExportAsync();
        var latter = await RecreateAsync();

        await AssertAsync(KeyState.Exported);
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(latter, share => Assert.Equal(KeyState.Active, states[share.ShareKey]));
        await Assert.ThrowsAsync<AdminException>(() => _scene.DoAsync(new RevertShares([.. _shares.Select(share => share.ShareKey)])));

        await _scene.DoAsync(new DeleteShares([.. _shares.Select(share => share.ShareKey)], KeyEnd.Retired) { OnlyParked = true });

        await AssertAsync(KeyState.Retired);
        Assert.Equal(latter.Count, _scene.Vault.Contents.Shares.Count);
    }

    /// <summary>It could push it again after that, and may be whoever has the copy.</summary>
    [Fact]
    public async Task A_client_takes_none_out_and_pushes_none_whatever_document_is_here_by_now()
    {
        await ExportAsync();
        var ended = await _scene.DoAsync(
            new DeleteShares([.. _shares.Select(share => share.ShareKey)], KeyEnd.Released, AdminRight.SsvDelete)
        );
        Assert.All(ended, share => Assert.Equal(DeletedShare.NotActive, share));
        await AssertAsync(KeyState.Exported);

        var (_, added) = await _scene.NodeAsync("add-validators", 0, vectors: "clusters-charon");
        await _scene.KeepAsync(added);
        Assert.Equal(
            ["exported"],
            await _scene.RefusalsAsync(() =>
                _scene.DoAsync(
                    new PushShares(
                        new SharePush(
                            [(_shares[0].ShareKey, _shares[0].Secret)],
                            ShareProvenance.KeymanagerPush,
                            PushLabels.Keymanager,
                            DeclaredHistory.FromNow,
                            AdminRight.ManageKeys
                        )
                    )
                )
            )
        );
        await AssertAsync(KeyState.Exported);
    }

    /// <summary>Whichever way: it comes in again at a person's word alone.</summary>
    [Theory]
    [InlineData(KeyEnd.Released)]
    [InlineData(KeyEnd.Retired)]
    public async Task A_person_who_takes_it_out_retires_it(KeyEnd end)
    {
        await ExportAsync();

        await _scene.DoAsync(new DeleteShares([.. _shares.Select(share => share.ShareKey)], end));

        await AssertAsync(KeyState.Retired);
        Assert.Equal(
            ["was_retired"],
            await _scene.RefusalsAsync(new ImportRequest([_shares[0] with { GroupKey = null, Membership = null }], DeclaredHistory.FromNow))
        );
    }

    [Fact]
    public async Task A_void_export_lets_them_sign_once_the_files_are_gone()
    {
        await ExportAsync();
        Assert.Equal("export_still_there", (await Assert.ThrowsAsync<AdminException>(VoidAsync)).Code);
        Directory.Delete(Folder, recursive: true);

        var turnover = await VoidAsync();

        Assert.Equal((2, 0), (turnover.Activated.Count, turnover.Parked.Count));
        await AssertAsync(KeyState.Active);
        Assert.Empty((await VoidAsync()).Activated);
    }

    [Fact]
    public async Task A_void_export_parks_them_where_others_sign_and_revert_goes_back_to_them()
    {
        await ExportAsync();
        var latter = await RecreateAsync();
        Directory.Delete(Folder, recursive: true);

        var turnover = await VoidAsync();

        Assert.Equal((0, 2), (turnover.Activated.Count, turnover.Parked.Count));
        await AssertAsync(KeyState.Parked);
        await _scene.DoAsync(new RevertShares([.. _shares.Select(share => share.ShareKey)]));
        await AssertAsync(KeyState.Active);
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(latter, share => Assert.Equal(KeyState.Parked, states[share.ShareKey]));
    }

    /// <summary>Every place where they were ever written counts, and one that cannot be looked at is not an empty one.</summary>
    [Fact]
    public async Task An_export_that_was_written_twice_is_void_once_both_are_gone()
    {
        await ExportAsync();
        var second = Path.Combine(_memory, "second");
        await _scene.DoAsync(
            new ExportShares(_created.Document.Hash, second, "once more", _scene.Vaults.PrivateRecovery, _scene.Vaults.Arena)
        );
        Directory.Delete(second, recursive: true);

        Assert.Equal("export_still_there", (await Assert.ThrowsAsync<AdminException>(VoidAsync)).Code);
        await AssertAsync(KeyState.Exported);
        Directory.Delete(Folder, recursive: true);
        Assert.Equal(2, (await VoidAsync()).Activated.Count);
    }

    /// <summary>Two sets of the same validators are out: the later one goes on, whichever is taken back first.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_sets_that_are_out_the_superseded_one_does_not_sign(bool formerFirst)
    {
        await ExportAsync();
        var latter = await RecreateAsync();
        var second = Path.Combine(_memory, "second");
        await _scene.DoAsync(
            new ExportShares(
                latter[0].Membership!.ClusterHash,
                second,
                "another ceremony",
                _scene.Vaults.PrivateRecovery,
                _scene.Vaults.Arena
            )
        );
        Directory.Delete(second, recursive: true);
        Directory.Delete(Folder, recursive: true);
        Func<Task>[] voids =
        [
            () => _scene.DoAsync(new VoidExport([.. _shares.Select(share => share.ShareKey)], "over", isSuperseded: formerFirst)),
            () => _scene.DoAsync(new VoidExport([.. latter.Select(share => share.ShareKey)], "over", isSuperseded: false)),
        ];
        foreach (var each in formerFirst ? voids : voids.Reverse())
        {
            await each();
        }

        await AssertAsync(KeyState.Parked);
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(latter, share => Assert.Equal(KeyState.Active, states[share.ShareKey]));
    }

    [Fact]
    public async Task What_an_import_would_meet_is_told_of_it_too()
    {
        await ExportAsync();

        var foreseen = await _scene.Administrator.EvaluateImportAsync(
            _scene.Vault.Contents,
            [_shares[0].Listed with { GroupKey = null, Membership = null }],
            DeclaredHistory.NeverSigned,
            null
        );

        Assert.Equal(["exported"], foreseen.Refusals.Select(refusal => refusal.Code));
    }

    [Fact]
    public async Task Without_this_vaults_recovery_key_nothing_leaves_and_the_log_has_it()
    {
        using var other = RSA.Create(3072);
        using var pem = SoftHsm.Secret(_scene.Vaults.Arena, other.ExportPkcs8PrivateKeyPem());
        using var foreign = RecoveryKey.FromPrivatePem(pem, null, "foreign", _scene.Vaults.Arena);

        await Assert.ThrowsAsync<VaultException>(() => _scene.DoAsync(Export(foreign)));
        await Assert.ThrowsAsync<VaultException>(() => _scene.DoAsync(Export(_scene.Vaults.PublicRecovery)));

        Assert.False(Path.Exists(Folder));
        await AssertAsync(KeyState.Active);
        Assert.Equal(2, (await _scene.AuditAsync()).Count(entry => entry.Contains("recovery_key_refused", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("not_in_memory", "/ceremony-on-a-disk", "a ceremony")]
    [InlineData("not_in_memory", "there", "a ceremony")]
    [InlineData("not_in_memory", "no/such", "a ceremony")]
    [InlineData("no_reason", "ceremony", " ")]
    [InlineData("no_reason", "ceremony", "one\nline more")]
    public async Task A_folder_that_reaches_a_disk_or_is_there_and_no_reason_are_refused(string code, string folder, string reason)
    {
        Directory.CreateDirectory(Path.Combine(_memory, "there"));
        var target = folder[0] == '/' ? Path.Combine(AppContext.BaseDirectory, folder[1..]) : Path.Combine(_memory, folder);
        var before = await _scene.StateAsync();

        var refused = await Assert.ThrowsAsync<AdminException>(() =>
            _scene.DoAsync(new ExportShares(_created.Document.Hash, target, reason, _scene.Vaults.PrivateRecovery, _scene.Vaults.Arena))
        );

        Assert.Equal(code, refused.Code);
        Assert.Equal(before, await _scene.StateAsync());
        Assert.Empty(Directory.EnumerateFiles(_memory, "*", SearchOption.AllDirectories));
    }

    private Task<int> ExportAsync() => _scene.DoAsync(Export(_scene.Vaults.PrivateRecovery));

    private ExportShares Export(RecoveryKey recovery) =>
        new(_created.Document.Hash, Folder, "replace-operator, asked for by Ada", recovery, _scene.Vaults.Arena);

    private Task<KeyTurnover> VoidAsync() =>
        _scene.DoAsync(new VoidExport([.. _shares.Select(share => share.ShareKey)], "the ceremony failed", isSuperseded: false));

    private async Task<IReadOnlyList<VaultShare>> RecreateAsync()
    {
        var (latter, recreated) = await _scene.NodeAsync("recreate-private-keys", 0, vectors: "clusters-charon");
        await _scene.TakeAsync(Whole(latter, recreated, latter) with { Replace = true, LowWatermark = DeclaredHistory.FromHistory });
        return latter;
    }

    private async Task<IReadOnlyList<string>> ExportedToOldAsync()
    {
        await _scene.DoAsync(
            new ExportShares(
                _scene.Vault.Contents.Shares[0].Membership!.ClusterHash,
                Folder + "2",
                "again",
                _scene.Vaults.PrivateRecovery,
                _scene.Vaults.Arena
            )
        );
        return await _scene.RefusalsAsync(Whole(_shares, _created) with { Replace = true });
    }

    private static ImportRequest Whole(
        IReadOnlyList<VaultShare> shares,
        AnchoredDocument document,
        IEnumerable<VaultShare>? bring = null
    ) =>
        new([.. bring ?? []], bring is null ? DeclaredHistory.FromHistory : DeclaredHistory.NeverSigned)
        {
            Document = document,
            IsWhole = true,
            Places = shares.ToDictionary(share => share.ShareKey, share => (share.GroupKey!.Value, share.Membership!)),
        };

    private string Secret(VaultShare share)
    {
        using var secret = _scene.Vaults.Arena.Allocate(32);
        share.Secret.WriteBigEndian(secret);
        return $"{share.ShareKey} {Convert.ToHexString(secret.Span)}";
    }

    private async Task AssertAsync(KeyState state)
    {
        var states = await _scene.Slashing.GetKeyStatesAsync();
        Assert.All(_shares, share => Assert.Equal(state, states[share.ShareKey]));
    }
}
