using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Audit;
using RemoteSigner.Signing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Signing;

public sealed class RefusalBudgetTests
{
    private const long MiB = 1 << 20;
    private static readonly ForkInfo _fork = new(
        ForkVersion.Parse("0x00000001"),
        ForkVersion.Parse("0x00000001"),
        new Epoch(0),
        Duties.Root(7)
    );
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    [Fact]
    public async Task Twenty_thousand_refusals_of_one_client_take_less_than_a_mebibyte_and_the_chain_holds()
    {
        await using var scene = await SigningScene.CreateAsync(time: _time);
        var share = await scene.AddAsync();
        await scene.SignAsync(share, Vote(9));
        var before = await SizeAsync(scene);

        await RefuseAsync(scene, 9_000, i => SigningScene.Order(Duties.PublicKey(1 + (i % 200)), Vote(i)));
        await RefuseAsync(scene, 9_000, i => SigningScene.Order(share.PublicKey, Vote(9, fill: 2 + (i % 200))));
        await RefuseAsync(scene, 2_000, i => SigningScene.Order(share.PublicKey, Exit(i)));

        var grown = await SizeAsync(scene) - before;
        TestContext.Current.SendDiagnosticMessage($"20,000 refusals by one client: the ledger grew by {grown:N0} bytes");
        Assert.InRange(grown, 1, MiB);
        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(scene.Rooms.Ledger));
    }

    [Fact]
    public async Task Beyond_the_budget_each_kind_is_written_at_its_powers_of_two_with_the_count()
    {
        await using var scene = await SigningScene.CreateAsync(time: _time);
        var share = await scene.AddAsync();

        await RefuseAsync(scene, 300, i => SigningScene.Order(Duties.PublicKey(1), Vote(i)));
        await RefuseAsync(scene, 3, i => SigningScene.Order(share.PublicKey, Exit(i)));
        await RefuseAsync(scene, 220, i => SigningScene.Order(Duties.PublicKey(1), Vote(i)));

        var refused = (await scene.AuditAsync()).Where(entry => entry.Contains("\"refused\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(RefusalBudget.OneByOne + 3, refused.Count);
        Assert.DoesNotContain("\"count\"", refused[RefusalBudget.OneByOne - 1], StringComparison.Ordinal);
        Assert.Equal(["1", "2", "512"], refused.Skip(RefusalBudget.OneByOne).Select(Count));
        Assert.Contains("NotAllowed", refused[RefusalBudget.OneByOne], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_offence_with_another_key_does_not_hide_behind_the_noise_of_one()
    {
        await using var scene = await SigningScene.CreateAsync(time: _time);
        var (loud, quiet) = (await scene.AddAsync(), await scene.AddAsync());
        await scene.SignAsync(loud, Vote(9));
        await scene.SignAsync(quiet, Vote(9));
        await RefuseAsync(scene, 300, i => SigningScene.Order(loud.PublicKey, Vote(9, fill: 2 + i)));

        await RefuseAsync(scene, 20, i => SigningScene.Order(quiet.PublicKey, Vote(9, fill: 2 + i)));

        var named = Assert.Single((await scene.AuditAsync()).Skip(RefusalBudget.OneByOne + 2), entry =>
            entry.Contains(quiet.PublicKey.ToString(), StringComparison.Ordinal)
        );
        Assert.Contains("DoubleVote", named, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_client_and_the_next_hour_have_a_budget_of_their_own_and_grants_are_always_written()
    {
        await using var scene = await SigningScene.CreateAsync(time: _time);
        var share = await scene.AddAsync();
        await RefuseAsync(scene, 400, i => SigningScene.Order(Duties.PublicKey(1), Vote(i)));
        var before = (await scene.AuditAsync()).Count;

        await RefuseAsync(scene, 1, i => SigningScene.Order(Duties.PublicKey(1), Vote(i), "admin"));
        Assert.IsType<SignOutcome.Signed>(await scene.SignAsync(share, Vote(9)));
        Assert.Equal(before + 2, (await scene.AuditAsync()).Count);

        _time.Advance(RefusalBudget.Window);
        await RefuseAsync(scene, 1, i => SigningScene.Order(Duties.PublicKey(1), Vote(i)));
        Assert.Equal(before + 3, (await scene.AuditAsync()).Count);
    }

    [Fact]
    public async Task Names_without_number_share_one_budget()
    {
        await using var scene = await SigningScene.CreateAsync(time: _time);

        await RefuseAsync(scene, 5_000, i => SigningScene.Order(Duties.PublicKey(1), Vote(i), $"name {i}"));

        Assert.InRange((await scene.AuditAsync()).Count, 256 + RefusalBudget.OneByOne, 256 + RefusalBudget.OneByOne + 16);
    }

    private static async Task RefuseAsync(SigningScene scene, int count, Func<int, SignOrder> order)
    {
        foreach (var lot in Enumerable.Range(0, count).Chunk(500))
        {
            Assert.All(await scene.Signer.SignAllAsync([.. lot.Select(order)]), outcome => Assert.IsNotType<SignOutcome.Signed>(outcome));
        }
    }

    private static Task<long> SizeAsync(SigningScene scene) =>
        scene.Rooms.Ledger.ReadAsync(transaction =>
        {
            var size = transaction.Statement("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()");
            _ = size.Step();
            var bytes = size.Number(0);
            size.Reset();
            return bytes;
        });

    private static string Count(string entry) =>
        System.Text.Json.JsonDocument.Parse(entry).RootElement.GetProperty("count").GetInt64().ToString();

    private static Attestation Vote(int target, int fill = 1)
    {
        var epoch = new Epoch((ulong)target + 1);
        return new(
            new AttestationData(
                new Slot(epoch.Value * 8),
                0,
                Duties.Root(fill),
                new Checkpoint(new Epoch((ulong)target), Duties.Root(3)),
                new Checkpoint(epoch, Duties.Root(4))
            ),
            _fork
        );
    }

    private static VoluntaryExit Exit(int epoch) => new(new Epoch((ulong)epoch), 1, _fork);
}
