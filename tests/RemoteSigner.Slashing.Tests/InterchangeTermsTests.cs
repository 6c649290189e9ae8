using System.Text;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using static RemoteSigner.Tests.Slashing.Duties;

namespace RemoteSigner.Tests.Slashing;

/// <summary>What of a file is taken over: up to the clock, for some keys, and nothing of it beside what was signed here.</summary>
public sealed class InterchangeTermsTests
{
    private static readonly ImportTerms _terms = new(InterchangeReading.Complete)
    {
        Limit = new HistoryLimit(new Slot(400), new Epoch(50)),
    };

    [Fact]
    public async Task The_newest_slot_and_epoch_that_the_limit_allows_are_taken()
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var report = await signer.Slashing.ImportAsync(File([1], slot: 400, target: 50), _terms, (_, _) => 1);

        Assert.Equal((1L, 1L), Assert.Single(report.Validators.Select(line => (line.BlocksNew, line.AttestationsNew))));
    }

    [Theory]
    [InlineData(401, 50, "slot 401")]
    [InlineData(400, 51, "epoch 51")]
    public async Task One_beyond_it_is_refused(int slot, int target, string named)
    {
        await using var signer = await TemporarySigner.CreateAsync();

        var refused = await Assert.ThrowsAsync<InterchangeFutureException>(() =>
            signer.Slashing.ImportAsync(File([1], slot, target), _terms, (_, _) => 1)
        );

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await signer.Slashing.StatusAsync());
    }

    [Fact]
    public async Task The_keys_that_are_passed_over_are_counted()
    {
        await using var signer = await TemporarySigner.CreateAsync();
        var terms = _terms with { Only = new HashSet<BlsPublicKey> { PublicKey(2) } };

        var report = await signer.Slashing.ImportAsync(File([1, 2, 3], slot: 10, target: 5), terms, (_, _) => 1);

        Assert.Equal(PublicKey(2), Assert.Single(report.Validators).PublicKey);
        Assert.Equal(2, report.PassedOver);
    }

    /// <summary>Many keys are held against what was signed here in another way than few.</summary>
    [Theory]
    [InlineData(InterchangeImport.KeysGatheredOneByOne)]
    [InlineData(InterchangeImport.KeysGatheredOneByOne + 1)]
    public async Task A_vote_beside_one_that_was_signed_here_is_found_among_many_keys(int keys)
    {
        await using var signer = await TemporarySigner.CreateAsync();
        await signer.Slashing.RegisterAsync(Key(keys), DeclaredHistory.NeverSigned);
        Assert.IsType<PermitDecision.Granted>(await signer.RequestAsync(Key(keys), Vote(4, 5), Root(1)));

        var alarm = await Assert.ThrowsAsync<InterchangeContradictionException>(() =>
            signer.Slashing.ImportAsync(File(Enumerable.Range(1, keys), slot: 10, target: 5), _terms, (_, _) => 1)
        );

        Assert.Equal(PublicKey(keys), alarm.PublicKey);
    }

    // Each key with one block and one vote, with signing roots that none of ours has.
    private static MemoryStream File(IEnumerable<int> keys, int slot, int target)
    {
        var data = keys.Select(key =>
            $$"""
                {"pubkey":"{{PublicKey(key)}}","signed_blocks":[{"slot":"{{slot}}","signing_root":"{{Root(900)}}"}],
                "signed_attestations":[{"source_epoch":"{{target - 1}}","target_epoch":"{{target}}","signing_root":"{{Root(901)}}"}]}
                """
        );
        return new MemoryStream(
            Encoding.UTF8.GetBytes(
                $$"""
                {"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Root(7)}}"},"data":[{{string.Join(',', data)}}]}
                """
            )
        );
    }
}
