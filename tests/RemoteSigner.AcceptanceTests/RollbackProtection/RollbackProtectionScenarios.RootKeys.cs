using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.RollbackProtection;

// Copies from before the vault got another root key.
public abstract partial class RollbackProtectionScenarios
{
    /// <summary>
    /// Both from before the vault got another root key: the fence lives in another place since, and what is there says nothing under the
    /// key of then.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_old_copy_of_both_from_before_another_root_key_is_neither_changed_nor_served_until_it_is_cleared(int rekeys)
    {
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        KeystoreWriter.WriteNew(_home.Beside("new"), 1, SignerHome.Password);
        var recovery = await _home.MakeRecoveryKeyAsync();
        _home.BackUp("copy");
        for (var i = 0; i < rekeys; i++)
        {
            (await _home.RunAsync(RekeyOf(_home))).Succeeded();
        }

        _home.BackUp("newest");
        _home.PutBack("copy");
        var vault = await File.ReadAllBytesAsync(_home.VaultFile, TestContext.Current.CancellationToken);
        string[] import = ["keys", "import", "--keystores", _home.Beside("new"), "--never-signed"];
        foreach (
            var verb in (string[][])
                [import, ["keys", "delete", _home.Keys[1].ToString()], ["seal", "enrol", "--recovery", recovery], RekeyOf(_home)]
        )
        {
            Refusal.IsTold(await _home.RunAsync(verb), "root key");
        }

        Assert.Equal(vault, await File.ReadAllBytesAsync(_home.VaultFile, TestContext.Current.CancellationToken));
        await AssertRefusesAllAsync("record_foreign");

        // What belongs to the present root key is as it was.
        _home.PutBack("newest");
        Assert.Equal("serve", await NextStartAsync());

        _home.PutBack("copy");
        var shown = await _home.RunAsync("rollback-protection", "clear");
        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("under another root key is taken away", shown.Error, StringComparison.Ordinal);
        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        Assert.Equal("raise_low_watermarks", await NextStartAsync());
        (await _home.RunAsync(RekeyOf(_home))).Succeeded();
        (await _home.RunAsync(import)).Succeeded();
    }

    [Fact]
    public async Task An_old_copy_of_the_vault_alone_from_two_root_keys_ago_has_a_road_back()
    {
        _home.BackUp("copy");
        (await _home.RunAsync(RekeyOf(_home))).Succeeded();
        (await _home.RunAsync(RekeyOf(_home))).Succeeded();
        _home.PutBack("copy", "vault");
        Assert.Equal("refuse", await NextStartAsync());

        (await _home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();

        Assert.Equal("raise_low_watermarks", await NextStartAsync());
        (await _home.RunAsync(RekeyOf(_home))).Succeeded();
    }

    /// <summary>
    /// A copy from before there was an anchor, when the vault has got another root key since: what it makes would not know what was signed.
    /// </summary>
    [Fact]
    public async Task A_copy_from_before_the_anchor_enrols_none_beside_the_one_that_went_on()
    {
        _home.Dispose();
        _home = await CreateHomeAsync("--rollback-protection", "none");
        _home.Configure(options => options.AsObject().Remove("rollbackProtection"));
        _home.BackUp("copy");
        (await _home.RunAsync("rollback-protection", "enrol", "--anchor-on-host")).Succeeded();
        (await _home.RunAsync(RekeyOf(_home))).Succeeded();
        await RunAsync(async signer => Assert.Equal(HttpStatusCode.OK, await VoteAsync(signer, 100)));
        _home.PutBack("copy");

        Refusal.IsTold(
            await _home.RunAsync("rollback-protection", "enrol", "--anchor-on-host"),
            "under another root key",
            "rollback-protection clear"
        );
        Assert.Equal("refuse", await NextStartAsync());
    }
}
