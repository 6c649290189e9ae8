using RemoteSigner.Keys;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

/// <summary>What is said of a key while the vault is opened, and when a key is taken out.</summary>
public sealed class SignerKeysTests
{
    private static readonly BlsPublicKey _key = Duties.PublicKey(1);

    [Theory]
    [InlineData(NamedKey.Share)]
    [InlineData(NamedKey.Group)]
    [InlineData(NamedKey.ShareOfGroup)]
    public async Task Until_the_vault_has_been_opened_no_key_is_unknown(NamedKey named)
    {
        await using var scene = await SigningScene.CreateAsync();
        var order = SigningScene.Order(_key, Randao()) with { Named = named };

        Assert.IsType<SignOutcome.KeysLoading>(await scene.Signer.SignAsync(order));
        Assert.All(await scene.Signer.SignAllAsync([order, order]), outcome => Assert.IsType<SignOutcome.KeysLoading>(outcome));
        Assert.IsType<SignOutcome.KeysLoading>((await scene.Signer.EvaluateAsync(order)).Refusal);
        var entries = await scene.AuditAsync();
        Assert.Equal(3, entries.Count);
        Assert.All(entries, entry => Assert.Contains("\"rule\":\"KeysLoading\"", entry, StringComparison.Ordinal));

        await scene.AddAsync();
        Assert.IsType<SignOutcome.UnknownKey>(await scene.Signer.SignAsync(order));
    }

    [Fact]
    public async Task What_is_no_key_at_all_is_unknown_at_any_time()
    {
        await using var scene = await SigningScene.CreateAsync();

        Assert.IsType<SignOutcome.UnknownKey>(await scene.Signer.SignAsync(SigningScene.Order(null, Randao())));
    }

    [Fact]
    public async Task The_evidence_of_an_unknown_key_names_it_as_it_was_named()
    {
        await using var scene = await SigningScene.CreateAsync();
        await scene.AddAsync();

        await scene.Signer.SignAsync(SigningScene.Order(_key, Randao()));
        await scene.Signer.SignAsync(SigningScene.Order(_key, Randao()) with { Named = NamedKey.Group });

        var entries = (await scene.AuditAsync()).TakeLast(2).ToList();
        Assert.Contains($"\"share\":\"{_key}\",\"duty\"", entries[0], StringComparison.Ordinal);
        Assert.Contains($"\"group\":\"{_key}\",\"duty\"", entries[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_taken_out_between_decision_and_signature_costs_its_own_signature_alone()
    {
        await using var scene = await SigningScene.CreateAsync();
        var (kept, removed) = (await scene.AddAsync(), await scene.AddAsync());
        scene.WhenRecorded = removed.Dispose;

        var outcomes = await scene.Signer.SignAllAsync([
            SigningScene.Order(removed.PublicKey, Randao()),
            SigningScene.Order(kept.PublicKey, Randao()),
        ]);

        Assert.IsType<SignOutcome.KeyRemoved>(outcomes[0]);
        Assert.Same(kept, Assert.IsType<SignOutcome.Signed>(outcomes[1]).Share);
        Assert.IsType<SignOutcome.KeyRemoved>(await scene.Signer.SignAsync(SigningScene.Order(removed.PublicKey, Randao())));
        Assert.Equal(
            2,
            (await scene.AuditAsync()).Count(entry =>
                entry.Contains("sign.key_removed", StringComparison.Ordinal)
                && entry.Contains($"{removed.PublicKey}", StringComparison.Ordinal)
            )
        );
    }

    private static RandaoReveal Randao() => new(new Epoch(3), new ForkInfo(default, default, default, Duties.Root(7)));
}
