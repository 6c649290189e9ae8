using RemoteSigner.Administration;
using RemoteSigner.Administration.Files;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Clusters;
using RemoteSigner.Host.Cli;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Clusters.Ssv;
using RemoteSigner.Tests.Keys;
using RemoteSigner.Tests.Sealing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// Another root key for a whole data directory, with a real token, and the fence in that token or in a TPM: all that hangs on the root key
/// follows, also where it was interrupted.
/// </summary>
[Trait("Speed", "slow")]
[Collection(SoftHsmCollection.Name)]
public sealed class RekeyTests(SoftHsm softHsm) : IAsyncLifetime
{
    private readonly string _folder = ActStock.NewFolder();
    private readonly string _tpm = Directory.CreateTempSubdirectory("tpm-").FullName;
    private readonly SecretArena _arena = new();
    private SoftwareTpm? _software;
    private string _anchor = RollbackProtectionOptions.Token;

    private DataDirectory Data => new(_folder);

    private SignerOptions Options =>
        new()
        {
            Network = new NetworkOptions { Name = "hoodi" },
            Seal = new SealOptions
            {
                Profile = "softhsm2",
                Token = "one",
                Pin = new PinOptions { File = "pin" },
            },
            RollbackProtection = new RollbackProtectionOptions { Anchor = _anchor },
            Tpm = new TpmOptions { Address = _software?.Address ?? "" },
            Clients = [],
        };

    public ValueTask InitializeAsync()
    {
        softHsm.Require();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(RollbackProtectionOptions.Token)]
    [InlineData(RollbackProtectionOptions.Tpm)]
    public async Task All_that_hangs_on_the_root_key_follows_it(string anchor)
    {
        await MakeAsync(anchor);
        for (var epoch = 1u; epoch <= 3; epoch++)
        {
            await RekeyAsync();

            await RequireWholeAsync(epoch);
            Assert.IsType<StartDecision.Serve>(await DecideAsync());
        }
    }

    [Theory]
    [InlineData("vault", 0)]
    [InlineData("operator-key", 1)]
    [InlineData("clusters", 1)]
    public async Task Interrupted_before_a_file_it_is_finished_by_whatever_comes_next(string name, uint epoch)
    {
        await MakeAsync(RollbackProtectionOptions.Token);
        var file = name == "clusters" ? Directory.GetFiles(Data.ClustersFolder, "*.anchor").Single() : Path.Combine(_folder, name);
        var barrier = Directory.CreateDirectory(file + ".new");
        await Assert.ThrowsAnyAsync<Exception>(RekeyAsync);
        barrier.Delete();

        await ReconcileAsync();

        await RequireWholeAsync(epoch);
        await RekeyAsync();
        await RequireWholeAsync(epoch + 1);
        Assert.IsNotType<StartDecision.Refuse>(await DecideAsync());
    }

    [Theory]
    [InlineData(RollbackProtectionOptions.Token)]
    [InlineData(RollbackProtectionOptions.Tpm)]
    public async Task What_the_anchor_refuses_is_known_before_anything_is_changed(string anchor)
    {
        await MakeAsync(anchor);
        var before = await File.ReadAllBytesAsync(Data.VaultFile);
        if (anchor == RollbackProtectionOptions.Tpm)
        {
            (await _software!.ToolAsync("changeauth", "-c", "o", "secret")).Succeeded();
            Assert.Equal(RollbackAnchorFault.Refused, (await Assert.ThrowsAsync<RollbackAnchorException>(RekeyAsync)).Fault);
            (await _software.ToolAsync("changeauth", "-c", "o", "-p", "secret")).Succeeded();
        }
        else
        {
            // The place is made, and then the vault's file cannot be written: the next try meets what this one left under keys that nobody
            // has.
            var barrier = Directory.CreateDirectory(Data.VaultFile + ".new");
            await Assert.ThrowsAsync<VaultException>(RekeyAsync);
            barrier.Delete();
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(Data.VaultFile));
        Assert.IsType<StartDecision.Serve>(await DecideAsync());
        await RekeyAsync();
        await RequireWholeAsync(1);
        Assert.IsType<StartDecision.Serve>(await DecideAsync());
    }

    /// <summary>
    /// It is under the new root key, so it could open the former one: only the ledger tells that it is not the vault that was left.
    /// </summary>
    [Fact]
    public async Task A_vault_that_is_not_the_ledgers_takes_nothing_along()
    {
        await MakeAsync(RollbackProtectionOptions.Token);
        var barrier = Directory.CreateDirectory(Data.OperatorKeyFile + ".new");
        await Assert.ThrowsAnyAsync<Exception>(RekeyAsync);
        barrier.Delete();
        var (genuine, operatorKey) = (await File.ReadAllBytesAsync(Data.VaultFile), await File.ReadAllBytesAsync(Data.OperatorKeyFile));
        await using (var signer = await OpenAsync())
        {
            using var vault = await signer.Keys.OpenVaultAsync();
            vault.Renew();
            var start = await signer.Slashing.GetStartAsync();
            var other = await File.ReadAllBytesAsync(Data.VaultFile);

            Assert.Equal(
                "not_newest",
                (
                    await Assert.ThrowsAsync<AdminException>(() =>
                        signer.ExecuteAsync(new Rekey(new SlotReach([], (slot, stop) => signer.Keys.FindInTokenAsync(slot, stop), [])))
                    )
                ).Code
            );
            using (var rollbackProtection = await OfflineRollbackProtection.OpenAsync(signer))
            {
                Assert.IsType<StartDecision.Refuse>(StartRules.Decide(await rollbackProtection!.Standing.LookAsync()));
            }

            Assert.Equal(start, await signer.Slashing.GetStartAsync());
            Assert.Equal(other, await File.ReadAllBytesAsync(Data.VaultFile));
            Assert.Equal(operatorKey, await File.ReadAllBytesAsync(Data.OperatorKeyFile));
        }

        await File.WriteAllBytesAsync(Data.VaultFile, genuine);
        await ReconcileAsync();
        await RequireWholeAsync(1);
        Assert.IsNotType<StartDecision.Refuse>(await DecideAsync());
    }

    /// <summary>The vault of before the rekey is one with another root key; before anything followed the new one, too.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_vault_of_before_is_refused(bool isInterrupted)
    {
        await MakeAsync(RollbackProtectionOptions.Token);
        var before = await File.ReadAllBytesAsync(Data.VaultFile);
        if (isInterrupted)
        {
            var barrier = Directory.CreateDirectory(Data.OperatorKeyFile + ".new");
            await Assert.ThrowsAnyAsync<Exception>(RekeyAsync);
            barrier.Delete();
        }
        else
        {
            await RekeyAsync();
        }

        await File.WriteAllBytesAsync(Data.VaultFile, before);

        Assert.Equal(RollbackReason.VaultReplaced, Assert.IsType<StartDecision.Refuse>(await DecideAsync()).Refusal.Reason);
        Assert.Equal("not_newest", (await Assert.ThrowsAsync<AdminException>(RekeyAsync)).Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(Data.VaultFile));
    }

    public async ValueTask DisposeAsync()
    {
        await (_software?.DisposeAsync() ?? ValueTask.CompletedTask);
        _arena.Dispose();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_tpm, recursive: true);
    }

    private async Task MakeAsync(string anchor)
    {
        _anchor = anchor;
        if (anchor == RollbackProtectionOptions.Tpm)
        {
            Assert.SkipUnless(
                SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true",
                "swtpm or tpm2-tools is not installed (apt-get install swtpm tpm2-tools)"
            );
            _software = await SoftwareTpm.StartAsync(_tpm);
            (
                await _software.ToolAsync(
                    "createprimary",
                    "-C",
                    "o",
                    "-g",
                    "sha256",
                    "-G",
                    "ecc256:aes128cfb",
                    "-c",
                    "srk.ctx",
                    "-a",
                    "restricted|decrypt|fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda"
                )
            ).Succeeded();
            (await _software.ToolAsync("evictcontrol", "-C", "o", "-c", "srk.ctx", "0x81000001")).Succeeded();
            await _software.FlushAsync();
        }

        await using (var scene = await ImportScene.OpenAsync())
        {
            using (var token = softHsm.Open(scene.Vaults.Arena))
            {
                await scene.DoAsync(new AddTokenSlot(token, "rekey", TimeProvider.System));
            }

            await scene.TakeAsync(new ImportRequest([scene.Vaults.NewShare(label: "early")], DeclaredHistory.NeverSigned));
            await scene.KeepAsync((await scene.NodeAsync("lock-v1_11-4of3", 0)).Lock);
            using var key = OperatorKeyTests.Operator(scene.Vaults.Arena, 0);
            await scene.DoAsync(new ImportOperatorKey(key, Path.Combine(scene.Vaults.Folder, "operator-key")));
            FolderImage.Of(scene.Vaults.Folder).PutBack(_folder);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "pin"), SoftHsm.Pin);
        File.SetUnixFileMode(Path.Combine(_folder, "pin"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var signer = await OpenAsync();
        using var rollbackProtection = await OfflineRollbackProtection.OpenAsync(signer);
        await signer.ExecuteAsync(new EnrolAnchor(rollbackProtection!.Standing, null));
    }

    private async Task RekeyAsync()
    {
        await using var signer = await OpenAsync();
        await signer.ExecuteAsync(new Rekey(new SlotReach([], (slot, stop) => signer.Keys.FindInTokenAsync(slot, stop), [])));
    }

    private async Task ReconcileAsync()
    {
        await using var signer = await OpenAsync();
        await signer.ExecuteAsync(new OpenKeys());
    }

    // Nothing is recalled here: all of it is under the present root key.
    private async Task RequireWholeAsync(uint epoch)
    {
        await using var signer = await OpenAsync();
        using var vault = await signer.Keys.OpenVaultAsync();
        using var key = signer.Keys.OpenOperatorKey(vault);
        using var anchor = vault.DeriveAnchorKey();
        var library = new ClusterLibrary(new ClusterArchive(Data.ClustersFolder));
        Assert.Equal(epoch, vault.Contents.Epoch);
        Assert.NotNull(key);
        Assert.Equal(
            AnchorKind.NodeSignature,
            Assert.Single(AnchoredDocument.In(library, library.Read().Documents, vault.Contents, anchor)).Kind
        );
        Assert.Equal("early", Assert.Single(signer.Keys.OpenShares(vault)).Label);
    }

    private async Task<StartDecision> DecideAsync()
    {
        await using var signer = await OpenAsync();
        using var rollbackProtection = await OfflineRollbackProtection.OpenAsync(signer);
        return StartRules.Decide(await rollbackProtection!.Standing.LookAsync());
    }

    private Task<OfflineSigner> OpenAsync() => OfflineSigner.OpenAsync(Data, Options, Ledger.Open(Data.LedgerFile));
}
