using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Seals;

/// <summary>Places in an HSM are few: a verb that fails gives back those that it took.</summary>
public sealed class FailingVerbTests(SignerTemplate template)
{
    [Theory]
    [InlineData("rotate")]
    [InlineData("enrol")]
    public async Task A_verb_that_cannot_change_the_vault_leaves_no_object_in_the_token(string verb)
    {
        using var home = template.Copy();
        var before = home.Token.Objects;
        var barrier = Directory.CreateDirectory(home.VaultFile + ".new");

        Refusal.IsTold(await home.RunAsync("seal", verb), "vault");

        Assert.Equal(before, home.Token.Objects);
        barrier.Delete();
        (await home.RunAsync("seal", verb)).Succeeded();
        Assert.Equal(before + 2, home.Token.Objects);
        (await home.RunAsync("keys", "list")).Succeeded();
    }

    /// <summary>To an old copy the place of its next fence is where the fence of the newer vault lives.</summary>
    [Fact]
    public async Task A_refused_rotation_of_an_old_copy_leaves_the_fence_of_the_newer_vault_alone()
    {
        using var home = template.Copy();
        var old = home.CopyBeside("old");
        (await home.RunAsync("seal", "rotate")).Succeeded();
        var objects = home.Token.Objects;

        foreach (var verb in new[] { "rotate", "rekey" })
        {
            Assert.Equal(1, (await SignerProcess.RunAsync(home.Token, "seal", verb, "--data", old)).ExitCode);
        }

        Assert.Equal(objects, home.Token.Objects);
        Assert.Contains("serve", (await home.RunAsync("rollback-protection", "status")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nor_does_one_that_a_running_signer_could_not_do()
    {
        using var home = template.Copy();
        await using var signer = await home.StartAsync();
        var before = home.Token.Objects;
        var barrier = Directory.CreateDirectory(home.VaultFile + ".new");

        Refusal.IsTold(await home.RunAsync("seal", "rotate"), "vault");

        Assert.Equal(before, home.Token.Objects);
        barrier.Delete();
        (await home.RunAsync("seal", "rotate")).Succeeded();
        Assert.Equal(before + 2, home.Token.Objects);
    }
}
