using System.Text.Json;
using RemoteSigner.AcceptanceTests.RollbackProtection;
using RemoteSigner.Rig;
using RemoteSigner.Tests;

namespace RemoteSigner.AcceptanceTests;

/// <summary><c>operator</c> and <c>cluster import --ssv</c> with the binary.</summary>
public sealed class SsvImportTests
{
    [Fact]
    public async Task Keyshares_are_imported_with_the_sealed_operator_key_all_or_nothing()
    {
        using var scene = new SsvScene();
        using var home = SignerHome.Empty();
        (await home.InitAsync("hoodi")).Succeeded();
        Assert.Equal(1, (await home.RunAsync("operator", "show")).ExitCode);
        Assert.Contains(
            "no operator key",
            (await home.RunAsync("cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed", "--accept-unanchored")).Error,
            StringComparison.Ordinal
        );

        var sealedKey = (await home.RunAsync("operator", "import", "--key", scene.KeyFile)).Succeeded();
        Assert.Equal(SsvScene.Identity, sealedKey.Output.Trim());
        Assert.Equal(SsvScene.Identity, (await home.RunAsync("operator", "show")).Succeeded().Output.Trim());
        Assert.Equal(1, (await home.RunAsync("operator", "import", "--key", scene.KeyFile)).ExitCode);

        await RefusesBatchWithBadHalfAsync(home, scene);
        Refusal.IsTold(
            await home.RunAsync("cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed"),
            "nothing shows whose keyshares these are",
            "ValidatorAdded"
        );
        var imported = (
            await home.RunAsync(["cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed", "--json", .. SsvScene.Stated])
        ).Succeeded();
        using var report = JsonDocument.Parse(imported.Output);
        Assert.Equal(12, report.RootElement.GetProperty("shareIndex").GetInt32());

        var again = await home.RunAsync(["cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed", .. SsvScene.Stated]);
        Assert.Contains("nothing was to be done", again.Succeeded().Error, StringComparison.Ordinal);
        Assert.Contains(
            SsvScene.ShareKey.ToString(),
            (await home.RunAsync("keys", "list", "--json")).Succeeded().Output,
            StringComparison.Ordinal
        );
        Assert.Contains("ssv_file", (await home.RunAsync("cluster", "list", "--json")).Succeeded().Output, StringComparison.Ordinal);
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    /// <summary>Every check passes, and it is a stranger's: what the contract says is not in it.</summary>
    [Fact]
    public async Task A_strangers_keyshares_come_in_by_the_operators_own_word_alone_and_their_share_can_be_bound_anew()
    {
        using var scene = new SsvScene();
        using var home = SignerHome.Empty();
        (await home.InitAsync("hoodi")).Succeeded();
        (await home.RunAsync("operator", "import", "--key", scene.KeyFile)).Succeeded();
        (await home.RunAsync("cluster", "verify", SsvScene.Forged)).Succeeded();
        string[] import = ["cluster", "import", "--ssv", SsvScene.Forged, "--never-signed"];

        Refusal.IsTold(await home.RunAsync([.. import, .. SsvScene.Stated]), "validator_not_stated");
        Refusal.IsTold(await home.RunAsync([.. import, .. SsvScene.Stated[..2]]), "an owner alone shows nothing");
        (await home.RunAsync([.. import, "--accept-unanchored"])).Succeeded();

        Refusal.IsTold(
            await home.RunAsync(["cluster", "add-lock", SsvScene.Keyshares, .. SsvScene.Stated]),
            "disputed_share",
            "cluster bind --replace"
        );
        Refusal.IsTold(
            await home.RunAsync(["cluster", "bind", "--ssv", SsvScene.Keyshares, .. SsvScene.Stated]),
            "1 of it are held under another cluster or validator",
            "--replace"
        );
        (await home.RunAsync(["cluster", "bind", "--replace", "--ssv", SsvScene.Keyshares, .. SsvScene.Stated])).Succeeded();

        var keys = (await home.RunAsync("keys", "list", "--json")).Succeeded().Output;
        Assert.Contains(SsvScene.GroupKey.ToString(), keys, StringComparison.Ordinal);
        using var clusters = JsonDocument.Parse((await home.RunAsync("cluster", "list", "--json")).Succeeded().Output);
        Assert.Equal("stated_validators", Assert.Single(clusters.RootElement.EnumerateArray()).GetProperty("anchor").GetString());
        Assert.Contains(await AuditLines.ReadAsync(home.LedgerFile), line => line.Contains("key.rebind", StringComparison.Ordinal));
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    private static async Task RefusesBatchWithBadHalfAsync(SignerHome home, SsvScene scene)
    {
        var batch = Vectors.Read("ssv-keyshares-4of3/keyshares.json");
        batch["shares"]!.AsArray().Add(Vectors.Read("ssv-keyshares-4of3/neg-share-pubkey-mismatch.json")["shares"]![0]!.DeepClone());

        var refused = await home.RunAsync(
            "cluster",
            "import",
            "--ssv",
            scene.Write("batch.json", batch.ToJsonString()),
            "--never-signed",
            "--accept-unanchored"
        );

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("shares[1]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("interpolation", refused.Error, StringComparison.Ordinal);
        Assert.Equal("[]", (await home.RunAsync("keys", "list", "--json")).Succeeded().Output.Trim());
        Assert.False(
            Directory.Exists(Path.Combine(home.Data, "clusters")) && Directory.EnumerateFiles(Path.Combine(home.Data, "clusters")).Any()
        );
    }
}
