using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Host.Running;
using RemoteSigner.Keys;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Sealing.Tpm2;
using RemoteSigner.Slashing;
using RemoteSigner.Tests.Keys;

namespace RemoteSigner.Tests.Http;

/// <summary>Parked shares are given up at their time, or as soon after it as the vault can be opened.</summary>
public sealed class ParkedWatchTests
{
    [Fact]
    public async Task One_that_meets_a_fault_of_the_anchor_tries_again()
    {
        await using var scene = await ImportScene.OpenAsync();
        var (former, created) = await scene.NodeAsync("create", 0, vectors: "clusters-charon");
        var (latter, recreated) = await scene.NodeAsync("recreate-private-keys", 0, vectors: "clusters-charon");
        await scene.TakeAsync(new ImportRequest(former, DeclaredHistory.NeverSigned) { Document = created });
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        await scene.TakeAsync(
            new ImportRequest(latter, DeclaredHistory.FromHistory)
            {
                Document = recreated,
                Replace = true,
                ParkedUntil = until,
            }
        );
        var (time, log) = (new FakeTimeProvider(until), new WrittenLog<ParkedWatch>());
        scene.Site.AdmitAsync = vault => ReadAnchorThatIsAwayAsync(scene, vault);
        using var watch = new ParkedWatch(scene.Administrator, scene.Slashing, time, log);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => Task.FromResult(log.Lines.Count > 0 || watch.ExecuteTask!.IsCompleted));
        Assert.Contains("could not be given up", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(KeyState.Parked, await StateAsync());

        scene.Site.AdmitAsync = _ => Task.CompletedTask;
        await UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return await StateAsync() == KeyState.Retired;
        });
        await watch.StopAsync(TestContext.Current.CancellationToken);

        async Task<KeyState> StateAsync() => (await scene.Slashing.GetKeyStatesAsync())[former[0].ShareKey];
    }

    private static async Task ReadAnchorThatIsAwayAsync(ImportScene scene, Vault vault)
    {
        using var tpm = new SealingTpm(
            $"swtpm:path={scene.Vaults.Folder}/no-tpm",
            new FirmwareApprovalFolder(scene.Vaults.Folder),
            new PinSource.FromFile("none"),
            null,
            scene.Vaults.Arena
        );
        using var keys = vault.DeriveFenceKeys();
        _ = await new TpmAnchor(tpm, vault.Contents.VaultId, keys).ReadAsync(CancellationToken.None);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var look = 0; !await isSo(); look++)
        {
            Assert.True(look < 1000, "it never came to that");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
