using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Host.Cli;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Cli;

public sealed class KeysCommandTests : IDisposable
{
    private readonly VaultScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Deleting_a_key_that_is_not_in_the_vault_changes_nothing()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(1), SlashingFloor.NeverSigned);
        await _scene.MakeAsync(1);
        using var vault = await _scene.OpenAsync();

        var refused = await Assert.ThrowsAsync<CliError>(() => KeysCommand.TakeOutAsync(signer.Slashing, vault, PublicKey(1)));

        Assert.Contains(PublicKey(1).ToString(), refused.Message, StringComparison.Ordinal);
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1), Block(1), Root(1)));
        Assert.Single(vault.Contents.Shares);
    }

    [Fact]
    public async Task A_deleted_key_leaves_the_vault_and_signs_no_more()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var share = (await _scene.MakeAsync(2))[0].ShareKey;
        await signer.Slashing.RegisterAsync(new ProtectedKey(share, null), SlashingFloor.NeverSigned);
        using var vault = await _scene.OpenAsync();

        await KeysCommand.TakeOutAsync(signer.Slashing, vault, share);

        Assert.DoesNotContain(vault.Contents.Shares, left => left.ShareKey == share);
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(new ProtectedKey(share, null), Block(1), Root(1))));
    }
}
