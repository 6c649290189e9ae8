using System.Text.Json;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>From a token to a TPM and back, by the verbs alone.</summary>
public sealed class TpmMoveTests : TpmScene
{
    public override async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        await base.InitializeAsync();
    }

    [Fact]
    public async Task To_a_token_and_back_to_the_TPM_no_low_watermark_is_raised()
    {
        await AssertSignsAsync();
        var inTpm = (await SlotsAsync()).Single();

        await SealInTokenTooAsync();
        await AssertServesNextAsync();
        (await Home.RunAsync("rollback-protection", "move", "token", "--anchor-on-host")).Succeeded();
        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "token");
        (await Home.RunAsync("seal", "remove", inTpm)).Succeeded();
        await AssertServesNextAsync();
        await Tpm.KillAsync();
        await AssertSignsAsync();
        await Tpm.StartAsync();

        var inToken = (await SlotsAsync()).Single();
        (await Home.RunAsync("tpm", "provision")).Succeeded();
        (await Home.RunAsync("rollback-protection", "move", "tpm")).Succeeded();
        SealBy("tpm");
        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "tpm");
        Refusal.IsTold(
            await Home.RunAsync("seal", "remove", (await SlotsAsync()).Single(slot => slot != inToken)),
            "by which signer.json opens the vault",
            "name the other device"
        );
        Refusal.IsTold(await Home.RunAsync("seal", "remove", inToken), "nothing here can wrap it", "--release-key");
        (await Home.RunAsync("seal", "remove", inToken, "--release-key", ReleaseKey)).Succeeded();
        await AssertServesNextAsync();
        await AssertSignsAsync();

        Assert.Equal([inTpm], await SlotsAsync());
        (await Home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>The next place of a copy's fence is the present one of the vault that went on.</summary>
    [Fact]
    public async Task A_rekey_of_an_old_copy_leaves_the_fence_of_the_newer_vault_alone()
    {
        await AssertSignsAsync();
        var old = Home.CopyBeside("old");
        (await Home.RunAsync("seal", "rekey", "--release-key", ReleaseKey)).Succeeded();

        Refusal.IsTold(
            await SignerProcess.RunAsync(Home.Token, "seal", "rekey", "--release-key", ReleaseKey, "--data", old),
            "under another root key",
            "rollback-protection clear"
        );

        await AssertServesNextAsync();
        await AssertSignsAsync();
    }

    /// <summary>
    /// Between the machine's TPM and this program somebody puts another one, once the vault is open: here by the token, and the TPM is
    /// asked after that.
    /// </summary>
    [Fact]
    public async Task A_TPM_that_the_vault_has_no_slot_for_gets_none_and_becomes_no_anchor()
    {
        await SealInTokenTooAsync();
        await AssertServesNextAsync();
        (await Home.RunAsync("rollback-protection", "move", "token", "--anchor-on-host")).Succeeded();
        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "token");
        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(Home.Beside("other")).FullName);
        (await other.ToolAsync("createprimary", "-C", "o", "-G", "ecc", "-c", "srk.ctx")).Succeeded();
        await other.FlushAsync();
        (await other.ToolAsync("evictcontrol", "-C", "o", "-c", "srk.ctx", "0x81000001")).Succeeded();
        await other.FlushAsync();
        Home.Configure(options => options["tpm"]!["address"] = other.Address);
        var before = await SlotsAsync();

        Refusal.IsTold(await Home.RunAsync("tpm", "provision"), "the vault has no slot for that one", "--another-tpm");
        Refusal.IsTold(await Home.RunAsync("rollback-protection", "move", "tpm"), "the vault has no slot for that one", "--another-tpm");
        Assert.Equal(before, await SlotsAsync());

        (await Home.RunAsync("tpm", "provision", "--another-tpm")).Succeeded();
        Assert.Equal(before.Count + 1, (await SlotsAsync()).Count);
        (await Home.RunAsync("rollback-protection", "move", "tpm")).Succeeded();
    }

    [Fact]
    public async Task An_orderly_stop_is_wanted_before_the_anchor_moves()
    {
        await SealInTokenTooAsync();
        await using (var signer = await Home.StartAsync())
        {
            await signer.KillAsync();
        }

        Refusal.IsTold(
            await Home.RunAsync("rollback-protection", "move", "token", "--anchor-on-host"),
            "not the one that was stopped in an orderly way",
            "rollback-protection status"
        );
    }

    [Fact]
    public async Task The_recovery_key_gives_another_TPM_a_slot_and_a_person_clears_that_the_anchor_stayed_behind()
    {
        await Home.AddRecoverySlotAsync();
        await AssertServesNextAsync();
        await using var other = await SoftwareTpm.StartAsync(Directory.CreateDirectory(Home.Beside("other")).FullName);
        Home.Configure(options => options["tpm"]!["address"] = other.Address);

        string[] provision = ["tpm", "provision", "--recovery-key", Home.RecoveryKey];
        Refusal.IsTold(await Home.RunAsync(provision), "has no storage root key", "--another-tpm");
        Refusal.IsTold(await Home.RunAsync("tpm", "provision", "--another-tpm"), "has no storage root key", "--recovery-key FILE");
        (await Home.RunAsync([.. provision, "--another-tpm"])).Succeeded();

        Assert.Equal(3, (await SlotsAsync()).Count);
        Assert.Contains(
            "\"refuse\"",
            (await Home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output,
            StringComparison.Ordinal
        );
        (await Home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        await using var signer = await Home.StartAsync();
        Assert.Contains("low_watermarks_raised", (await signer.HealthWhenAsync(_ => true)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_that_is_gone_for_good_is_followed_by_another()
    {
        await AssertSignsAsync();
        await SealInTokenTooAsync();
        await Tpm.KillAsync();

        foreach (var verb in (string[])["status", "clear"])
        {
            Refusal.IsTold(await Home.RunAsync("rollback-protection", verb), "cannot be reached", "another anchor in signer.json");
        }

        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "token");
        (await Home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        (await Home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded();
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task A_former_anchor_that_can_be_reached_vouches_for_no_copy_from_before()
    {
        await AssertSignsAsync();
        await SealInTokenTooAsync();
        await AssertServesNextAsync();
        Home.BackUp("copy");
        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "token");

        Assert.Contains(
            "vouches for copies from before",
            (await Home.RunAsync("rollback-protection", "clear")).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "vouches for nothing any more",
            (await Home.RunAsync("rollback-protection", "clear", "--accept-risk")).Succeeded().Error,
            StringComparison.Ordinal
        );

        Home.PutBack("copy");
        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "tpm");
        var status = JsonDocument.Parse((await Home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output);
        Assert.Equal("refuse", status.RootElement.GetProperty("nextStart").GetString());
    }

    // The vault opens by a token as well, and the fence stays in the TPM.
    private async Task SealInTokenTooAsync()
    {
        SealBy("softhsm2");
        Home.Configure(options => options["rollbackProtection"]!["anchor"] = "tpm");
        (await Home.RunAsync("seal", "enrol")).Succeeded();
    }

    private void SealBy(string profile) =>
        Home.Configure(options =>
        {
            options["seal"]!["profile"] = profile;
            options["seal"]!["pin"] = new JsonObject { ["file"] = Home.Token.PinFile };
        });

    private async Task AssertServesNextAsync()
    {
        var status = JsonDocument.Parse((await Home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output);
        Assert.Equal("serve", status.RootElement.GetProperty("nextStart").GetString());
    }

    private async Task<List<string>> SlotsAsync()
    {
        using var status = JsonDocument.Parse((await Home.RunAsync("seal", "status", "--json")).Succeeded().Output);
        return [.. status.RootElement.GetProperty("slots").EnumerateArray().Select(slot => slot.GetProperty("keyId").GetString()!)];
    }
}
