using RemoteSigner.Audit;
using RemoteSigner.Slashing;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>
/// A ledger as a release before the key states wrote it (tables "slashing" version 2), with its export: grants of five keys, two of one
/// group, a retired one, low watermarks, an import, a high watermark.
/// </summary>
public sealed class FormerLedgerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ledger-v2-");

    [Fact]
    public async Task Its_export_after_the_migration_is_byte_for_byte_the_one_it_had()
    {
        await using var signer = await OpenAsync();

        var exported = (await signer.ExportAsync()).ToArray();

        Assert.Equal(await File.ReadAllBytesAsync(Vectors.Path("ledger-v2/export.json"), TestContext.Current.CancellationToken), exported);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(signer.Ledger));
    }

    [Fact]
    public async Task Its_keys_go_on_where_they_were()
    {
        await using var signer = await OpenAsync();

        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(4), Vote(4000, 4001), Root(1))));
        Assert.Equal(SlashingRule.AtOrAboveHighWatermark, RuleOf(await signer.RequestAsync(Key(1, group: 9), Vote(4999, 5000), Root(1))));
        Assert.Equal(SlashingRule.TargetBelowLowWatermark, RuleOf(await signer.RequestAsync(Key(5), Vote(40, 40), Root(1))));
        Assert.NotNull(RuleOf(await signer.RequestAsync(Key(3), Vote(79, 91), Root(1))));
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(1, group: 9), Vote(4000, 4001), Root(1)));
        Assert.Equal(SlashingRule.DoubleVote, RuleOf(await signer.RequestAsync(Key(2, group: 9), Vote(4000, 4001), Root(2))));
    }

    /// <summary>The states that came later can be written.</summary>
    [Fact]
    public async Task Its_keys_can_leave_for_a_ceremony_and_come_back()
    {
        await using var signer = await OpenAsync();

        Assert.Equal([PublicKey(3)], await signer.Slashing.ExportKeysAsync([PublicKey(3)], (_, _) => 1));
        Assert.Equal(SlashingRule.KeyNotActive, RuleOf(await signer.RequestAsync(Key(3), Vote(90, 95), Root(1))));
        Assert.Equal([PublicKey(3)], (await signer.Slashing.EndExportAsync([PublicKey(3)], false, (_, _) => 1)).Activated);
        Assert.Equal([PublicKey(1)], await signer.Slashing.ExportKeysAsync([PublicKey(1)], (_, _) => 1));
        Assert.Equal([PublicKey(1)], (await signer.Slashing.EndExportAsync([PublicKey(1)], false, (_, _) => 1)).Parked);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<TemporarySigner> OpenAsync()
    {
        File.Copy(Vectors.Path("ledger-v2/ledger.db"), Path.Combine(_folder.FullName, "ledger.db"));
        return await TemporarySigner.OpenAsync(_folder.FullName);
    }
}
