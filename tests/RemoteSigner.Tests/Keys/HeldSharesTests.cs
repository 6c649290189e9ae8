using System.Security.Cryptography;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;
using RemoteSigner.Tests.Sealing;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Keys;

/// <summary>What is kept of vault and ledger from one act to the next is what reading both anew would give.</summary>
public sealed class HeldSharesTests : IAsyncLifetime
{
    private const int Shares = 24;

    private static readonly Root[] _clusters = [Duties.Root(1), Duties.Root(2)];

    private readonly VaultScene _vaults = new();
    private readonly HeldShares _kept = new();
    private List<VaultShare> _shares = [];
    private Ledger _ledger = null!;
    private SlashingProtection _slashing = null!;

    public async ValueTask InitializeAsync()
    {
        await _vaults.MakeAsync(0);
        _shares = [.. Enumerable.Range(0, Shares).Select(_ => _vaults.NewShare())];
        _ledger = Ledger.Create(Path.Combine(_vaults.Folder, "ledger.sqlite"));
        _slashing = await SlashingProtection.OpenAsync(_ledger, Network.Find("hoodi")!);
    }

    public async ValueTask DisposeAsync()
    {
        _slashing.Dispose();
        await _ledger.DisposeAsync();
        _vaults.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_changes_in_vault_and_ledger_is_followed(int seed)
    {
        for (var step = 0; step < 60; step++)
        {
            using var vault = await _vaults.OpenAsync();
            for (var change = 0; change < 1 + Choose(seed, step, 0, 3); change++)
            {
                await ChangeAsync(vault, seed, step, change);
                if (Choose(seed, step, change + 50, 2) == 0)
                {
                    await AssertFollowsAsync(vault);
                }
            }

            await AssertFollowsAsync(vault);
        }
    }

    [Fact]
    public async Task What_came_is_told_key_by_key_and_a_vault_that_somebody_else_wrote_as_a_whole()
    {
        using (var vault = await _vaults.OpenAsync())
        {
            await _kept.FollowAsync(vault, _slashing);
            var seen = _kept.Changes.Now;
            vault.Add([_shares[0]]);
            await _kept.FollowAsync(vault, _slashing);
            Assert.Equal([_shares[0].ShareKey], _kept.Changes.Since(seen)!);
        }

        var before = _kept.Changes.Now;
        using (var vault = await _vaults.OpenAsync())
        {
            await _kept.FollowAsync(vault, _slashing);
            Assert.Empty(_kept.Changes.Since(before)!);
        }

        using (var other = await Vault.OpenAsync(_vaults.VaultPath, _vaults.Arena, _vaults.PrivateRecovery))
        {
            other.Add([_shares[1]]);
        }

        using var again = await _vaults.OpenAsync();
        await _kept.FollowAsync(again, _slashing);
        Assert.Null(_kept.Changes.Since(before));
        Assert.NotNull(_kept.Find(_shares[1].ShareKey));
    }

    [Fact]
    public void A_log_of_changes_tells_each_key_once_and_what_is_long_ago_not_at_all()
    {
        var log = new KeyChangeLog();
        log.Note([Duties.PublicKey(1), Duties.PublicKey(2)]);
        var then = log.Now;
        log.Note([Duties.PublicKey(3), Duties.PublicKey(3)]);
        Assert.Equal([Duties.PublicKey(3)], log.Since(then)!);
        Assert.Empty(log.Since(log.Now)!);

        log.Note(null);
        Assert.Null(log.Since(then));
        var after = log.Now;
        Assert.Empty(log.Since(after)!);

        log.Note(Enumerable.Range(0, 5000).Select(number => Duties.PublicKey(number % 200)));
        Assert.Null(log.Since(after));
        Assert.Empty(log.Since(log.Now)!);
    }

    private async Task ChangeAsync(Vault vault, int seed, int step, int change)
    {
        var share = _shares[Choose(seed, step, 10 + change, Shares)];
        switch (Choose(seed, step, 20 + change, 7))
        {
            case 0:
                vault.Exchange(
                    vault.Find(share.ShareKey) is null ? [] : [share.ShareKey],
                    vault.Seal([Placed(share, Choose(seed, step, 30 + change, 4))])
                );
                break;
            case 1 when vault.Find(share.ShareKey) is not null:
                vault.Remove(share.ShareKey);
                break;
            case 2:
                vault.Renew();
                break;
            case 3:
                await _slashing.EnrolAsync(
                    new KeyRegistration([(new ProtectedKey(share.ShareKey, vault.Find(share.ShareKey)?.GroupKey), DeclaredHistory.FromNow)])
                    {
                        From = new StartingPoint(new Slot(32), new Epoch(1), new Epoch(1)),
                    },
                    Evidence
                );
                break;
            case 4:
                await _slashing.TurnAsync(new KeyTurn([share.ShareKey]) { Returning = [share.ShareKey] }, Evidence);
                break;
            case 5:
                await _slashing.TurnAsync(new KeyTurn([]) { Leaving = [share.ShareKey] }, Evidence);
                break;
            default:
                await _slashing.RetireAsync([share.ShareKey], KeyEnd.Released, Evidence);
                if (change > 0)
                {
                    await _slashing.FinishRetiringAsync([share.ShareKey], Evidence);
                }

                break;
        }
    }

    private static VaultShare Placed(VaultShare share, int place) =>
        place switch
        {
            0 => share,
            1 => share with { GroupKey = share.ShareKey },
            _ => share with
            {
                GroupKey = Duties.PublicKey(100 + place),
                Membership = new ClusterMembership((ulong)place, 3, 4, _clusters[place % 2], ShareProvenance.LockFile),
            },
        };

    private async Task AssertFollowsAsync(Vault vault)
    {
        await _kept.FollowAsync(vault, _slashing);
        HeldState.AssertSame(
            HeldShares.Of(Vault.List(_vaults.VaultPath), await _slashing.GetKeyStatesAsync()),
            _kept,
            vault.Contents,
            _shares.Select(share => share.ShareKey)
        );
    }

    private static long Evidence<T>(LedgerTransaction transaction, T what) => 1;

    // As good as chance, and the same each time.
    private static int Choose(int seed, int step, int what, int of) =>
        BitConverter.ToUInt16(SHA256.HashData([(byte)seed, (byte)step, (byte)what])) % of;
}
