using System.Text.Json;
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
        Assert.Contains("no operator key", (await home.RunAsync("cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed")).Error, StringComparison.Ordinal);

        var sealedKey = (await home.RunAsync("operator", "import", "--key", scene.KeyFile)).Succeeded();
        Assert.Equal(SsvScene.Identity, sealedKey.Output.Trim());
        Assert.Equal(SsvScene.Identity, (await home.RunAsync("operator", "show")).Succeeded().Output.Trim());
        Assert.Equal(1, (await home.RunAsync("operator", "import", "--key", scene.KeyFile)).ExitCode);

        await RefusesBatchWithBadHalfAsync(home, scene);
        var imported = (await home.RunAsync("cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed", "--json")).Succeeded();
        using var report = JsonDocument.Parse(imported.Output);
        Assert.Equal(12, report.RootElement.GetProperty("shareIndex").GetInt32());

        var again = await home.RunAsync("cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed");
        Assert.Contains("already_held", again.Error, StringComparison.Ordinal);
        Assert.Contains(SsvScene.ShareKey.ToString(), (await home.RunAsync("keys", "list", "--json")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains("ssv_file", (await home.RunAsync("cluster", "list", "--json")).Succeeded().Output, StringComparison.Ordinal);
        (await home.RunAsync("audit", "verify")).Succeeded();
    }

    private static async Task RefusesBatchWithBadHalfAsync(SignerHome home, SsvScene scene)
    {
        var batch = Vectors.Read("ssv-keyshares-4of3/keyshares.json");
        batch["shares"]!.AsArray().Add(Vectors.Read("ssv-keyshares-4of3/neg-share-pubkey-mismatch.json")["shares"]![0]!.DeepClone());

        var refused = await home.RunAsync("cluster", "import", "--ssv", scene.Write("batch.json", batch.ToJsonString()), "--never-signed");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("shares[1]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("interpolation", refused.Error, StringComparison.Ordinal);
        Assert.Equal("[]", (await home.RunAsync("keys", "list", "--json")).Succeeded().Output.Trim());
        Assert.False(Directory.Exists(Path.Combine(home.Data, "clusters")) && Directory.EnumerateFiles(Path.Combine(home.Data, "clusters")).Any());
    }
}
