using System.Net;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;
using static RemoteSigner.AcceptanceTests.KeymanagerScene;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// The disk fills up between the two transactions of a change of keys: the ledger has the first, and there is no room for the vault.
/// </summary>
public sealed class InterruptedKeysTests(SignerTemplate template)
{
    [Fact]
    public async Task A_deletion_without_room_for_the_vault_says_so_stops_the_key_and_is_finished_by_the_next()
    {
        Assert.SkipUnless(TracedSigner.IsAvailable, "strace and root are needed");
        await using var scene = await StartAsync(template);
        var key = scene.Home.Keys[0].ToString();
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(key, Chain.VoteJson())).Status);

        await using (await NoRoom.ForAsync(scene.Signer, scene.Home.VaultFile + ".new"))
        {
            RequireInterrupted(await scene.DeleteAsync(key));
            await RequireSilentAsync(scene, key);
            RequireInterrupted(await scene.DeleteAsync(key));
        }

        await RequireSilentAsync(scene, key);
        var repeated = await scene.DeleteAsync(key);
        Assert.Equal((HttpStatusCode.OK, "not_active"), (repeated.Status, Assert.Single(Statuses(repeated))));
        Assert.Contains(key, repeated.Json.GetProperty("slashing_protection").GetString(), StringComparison.Ordinal);
        await scene.StopAsync();
        Assert.Equal(["key.delete", "key.retired"], await ActionsAsync(scene, key));
        Assert.Contains(await AuditLines.ReadAsync(scene.Home.LedgerFile), line =>
            line.Contains("taken out after an interruption", StringComparison.Ordinal)
        );
        await scene.ServeAsync();
        await RequireSilentAsync(scene, key);
    }

    [Fact]
    public async Task A_push_without_room_for_the_vault_says_so_leaves_the_key_out_and_is_finished_by_a_repeat()
    {
        Assert.SkipUnless(TracedSigner.IsAvailable, "strace and root are needed");
        await using var scene = await StartAsync(template);
        var (folder, keys) = scene.NewKeystores(1);

        await using (await NoRoom.ForAsync(scene.Signer, scene.Home.VaultFile + ".new"))
        {
            RequireInterrupted(await scene.PushAsync(Body(folder)));
            await RequireSilentAsync(scene, keys[0]);
        }

        Assert.Equal(["imported"], Statuses(await scene.PushAsync(Body(folder))));
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Status);
        await scene.StopAsync();
        var actions = (await AuditLines.ReadAsync(scene.Home.LedgerFile))
            .Select(ActionOf)
            .Where(action => action.StartsWith("key.", StringComparison.Ordinal))
            .TakeLast(4);
        Assert.Equal(["key.import", "key.import.interrupted", "key.import", "key.active"], actions);
        (await scene.Home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>
    /// An import moves the fence past what it brought in when all else is done. A kill before that must not leave it behind.
    /// </summary>
    [Fact]
    public async Task History_whose_import_was_killed_lies_before_the_fence_from_the_next_start_on()
    {
        Assert.SkipUnless(TracedSigner.IsAvailable, "strace and root are needed");
        await using var scene = await StartAsync(template);
        var (folder, keys) = scene.NewKeystores(1);
        var body = Body(folder);
        body["slashing_protection"] = Interchange(keys[0]);

        var killed = TracedSigner.KillInFrontOfAsync(scene.Signer, "rename,renameat,renameat2", 1);
        await Task.Delay(500);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => scene.PushAsync(body));
        await killed;
        await scene.StopAsync();
        Assert.Contains(keys[0], (await scene.Home.RunAsync("slashing", "status", "--json")).Succeeded().Output, StringComparison.Ordinal);

        // A share that never came keeps nobody from signing with the others, and those who wait for a signer that is ready go on.
        await scene.ServeAsync();
        await RequireSilentAsync(scene, keys[0]);
        Assert.Contains("1 shares did not come, because their import was interrupted", scene.Signer.Output, StringComparison.Ordinal);
        var fence = System
            .Text.Json.JsonDocument.Parse((await scene.Home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output)
            .RootElement.GetProperty("fence")
            .GetUInt64();
        Assert.True(fence > Chain.Epoch, $"the fence stands at {fence}, and the history reaches to epoch {Chain.Epoch}");
    }

    private static string Interchange(string key) =>
        $$$"""
            {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{{Chain.Network.GenesisValidatorsRoot}}}"},
             "data":[{"pubkey":"{{{key}}}","signed_blocks":[],"signed_attestations":[{"source_epoch":"{{{Chain.Epoch
                - 1}}}","target_epoch":"{{{Chain.Epoch}}}"}]}]}
            """;

    /// <summary>
    /// No room for anything: whichever step it is that fails, the answer is no success, and the request is finished once there is room.
    /// </summary>
    [Fact]
    public async Task On_a_disk_that_is_full_no_change_of_keys_succeeds_and_all_do_afterwards()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        using var home = template.Copy();
        await using var disk = await SmallDisk.UnderAsync(home.Data, mebibytes: 8);
        var scene = await StartAsync(home);
        try
        {
            await RefuseWhileFullAsync(scene, disk);
            (await home.RunAsync("audit", "verify")).Succeeded();
        }
        finally
        {
            await scene.StopAsync();
        }
    }

    private static async Task RefuseWhileFullAsync(KeymanagerScene scene, SmallDisk disk)
    {
        var (folder, keys) = scene.NewKeystores(1);
        var doomed = scene.Home.Keys[0].ToString();
        disk.Fill();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await scene.DeleteAsync(doomed)).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await scene.PushAsync(Body(folder))).Status);

        // That it is unknown may not fit into the log, and is not told then.
        Assert.NotEqual(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Status);
        Assert.DoesNotContain(keys[0], await scene.ListAsync());

        disk.Free();
        Assert.Contains(Assert.Single(Statuses(await scene.DeleteAsync(doomed))), (string[])["deleted", "not_active"]);
        Assert.Equal(["imported"], Statuses(await scene.PushAsync(Body(folder))));
        await RequireSilentAsync(scene, doomed);
        Assert.Equal(HttpStatusCode.OK, (await scene.Admin.SignAsync(keys[0], Chain.VoteJson())).Status);
        await scene.StopAsync();
    }

    private static void RequireInterrupted(ApiAnswer answer)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "vault_unavailable"), (answer.Status, answer.Reason));
        Assert.Contains("the change was interrupted", answer.Text, StringComparison.Ordinal);
    }

    private static async Task RequireSilentAsync(KeymanagerScene scene, string key)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Admin.SignAsync(key, Chain.VoteJson())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Admin.SignAsync(key, Chain.RandaoJson())).Status);
        Assert.DoesNotContain(key, await scene.ListAsync());
    }

    private static async Task<IReadOnlyList<string>> ActionsAsync(KeymanagerScene scene, string key) =>
        [
            .. (await AuditLines.ReadAsync(scene.Home.LedgerFile))
                .Where(line => line.Contains(key, StringComparison.Ordinal))
                .Select(ActionOf)
                .Where(action => action is "key.delete" or "key.retired" or "key.delete.interrupted"),
        ];

    private static string ActionOf(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("action").GetString()!;
}
