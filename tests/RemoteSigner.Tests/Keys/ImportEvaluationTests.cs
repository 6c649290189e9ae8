using System.Text;
using RemoteSigner.Administration.Keys;
using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.Keys;

/// <summary>What is foreseen of an import is what the import then says, and nothing is left of it.</summary>
public sealed class ImportEvaluationTests : IAsyncLifetime
{
    private ImportScene _scene = null!;

    public async ValueTask InitializeAsync() => _scene = await ImportScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Every_refusal_is_foreseen_in_the_words_of_the_import()
    {
        var (held, retired, whole) = (_scene.Vaults.NewShare(), _scene.Vaults.NewShare(), _scene.Vaults.NewShare());
        await _scene.TakeAsync(new ImportRequest([held, retired, _scene.Vaults.NewShare(whole.ShareKey)], DeclaredHistory.NeverSigned));
        await _scene.DoAsync(new DeleteShares([retired.ShareKey], KeyEnd.Retired));
        var fresh = _scene.Vaults.NewShare();

        foreach (var share in new[] { held, retired, whole, fresh })
        {
            foreach (var lowWatermark in new[] { DeclaredHistory.NeverSigned, DeclaredHistory.FromHistory })
            {
                var foreseen = (await EvaluateAsync([share], lowWatermark)).Refusals;

                // The import looks into the ledger once nothing else stands against a share.
                Assert.Equal(
                    await RefusalsAsync(
                        new ImportRequest([share], lowWatermark),
                        tries: share == fresh && lowWatermark == DeclaredHistory.NeverSigned
                    ),
                    foreseen.Take(1)
                );
            }
        }
    }

    [Theory]
    [InlineData("""{"pubkey":"KEY","signed_attestations":[{"source_epoch":"6","target_epoch":"7"}]}""", null)]
    [InlineData("""{"pubkey":"KEY"}""", "the file names it and lists nothing it signed")]
    [InlineData("", "the interchange file says nothing about it")]
    public async Task A_history_is_judged_and_not_taken_over(string entry, string? problem)
    {
        var share = _scene.Vaults.NewShare();
        var vault = await File.ReadAllBytesAsync(_scene.Vaults.VaultPath, TestContext.Current.CancellationToken);

        var evaluation = await EvaluateAsync(
            [share],
            DeclaredHistory.FromHistory,
            History(entry.Replace("KEY", share.ShareKey.ToString(), StringComparison.Ordinal))
        );

        Assert.Equal(problem, evaluation.Refusals.SingleOrDefault()?.Problem);
        Assert.Equal(entry.Length > 0 ? 1 : 0, evaluation.History!.Validators.Count);
        Assert.Empty(await _scene.Slashing.StatusAsync());
        Assert.Empty(await _scene.Slashing.GetKeyStatesAsync());
        Assert.Equal(vault, await File.ReadAllBytesAsync(_scene.Vaults.VaultPath, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await _scene.Audit.HeadAsync()).Sequence);
    }

    [Fact]
    public async Task A_history_that_could_not_be_taken_over_is_told_as_by_the_import()
    {
        var share = _scene.Vaults.NewShare();

        await Assert.ThrowsAsync<InterchangeException>(() =>
            EvaluateAsync([share], DeclaredHistory.FromHistory, new MemoryStream("{"u8.ToArray()))
        );
        await Assert.ThrowsAsync<InterchangeFutureException>(() =>
            EvaluateAsync(
                [share],
                DeclaredHistory.FromHistory,
                History($$"""{"pubkey":"{{share.ShareKey}}","signed_blocks":[{"slot":"9000000000"}]}""")
            )
        );
    }

    private Task<ImportEvaluation> EvaluateAsync(IReadOnlyList<VaultShare> shares, DeclaredHistory lowWatermark, Stream? history = null) =>
        _scene.Administrator.EvaluateImportAsync(
            Vault.List(_scene.Vaults.VaultPath),
            [.. shares.Select(share => share.Listed)],
            lowWatermark,
            history
        );

    private async Task<IEnumerable<ImportRefusal>> RefusalsAsync(ImportRequest order, bool tries)
    {
        if (tries)
        {
            await _scene.TakeAsync(order);
            return [];
        }

        return (await Assert.ThrowsAsync<ImportException>(() => _scene.TakeAsync(order))).Refusals;
    }

    private static MemoryStream History(string entry) =>
        new(
            Encoding.UTF8.GetBytes(
                $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Network.Find("hoodi")!.GenesisValidatorsRoot}}"},"data":[{{entry}}]}"""
            )
        );
}
