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
