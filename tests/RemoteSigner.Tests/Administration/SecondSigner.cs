using RemoteSigner.Administration;
using RemoteSigner.Audit;
using RemoteSigner.Tests.Slashing;

namespace RemoteSigner.Tests.Administration;

/// <summary>
/// One act in a signer that runs, while another one starts with a copy of its data directory on the same anchor: before the act, or in the
/// middle of it. Of all that the two sign nothing conflicts, past its fence the first signs no more, and the other one is not hindered.
/// </summary>
internal sealed class SecondSigner(ActStock stock, ActRow row) : IDisposable
{
    private readonly FaultyDisk _disk = new(ActStock.NewFolder());
    private readonly string _other = ActStock.NewFolder();

    /// <summary>How many moments the other one began at.</summary>
    public int Count { get; private set; }

    public async Task RunAsync()
    {
        var device = new RollbackAnchorDevice((one, place) => one.EnrolAsync(place));
        stock.Image.PutBack(_disk.Folder);
        await device.PrepareAsync(new ActPlace(stock, _disk.Folder));
        var image = FolderImage.Of(_disk.Folder);
        Assert.True(await IsReachedAsync(device, image, 0));
        for (var write = 1; await IsReachedAsync(device, image, write); write *= 4) { }
    }

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_other, recursive: true);
    }

    // Whether the act got as far as its n-th write; 0 is before it.
    private async Task<bool> IsReachedAsync(RollbackAnchorDevice device, FolderImage image, int moment)
    {
        image.PutBack(_disk.Folder);
        await device.BeginAsync(new ActPlace(stock, _disk.Folder));
        await using var first = await SignerRun.StartAsync(stock, _disk.Folder, device.FirstMemory);
        var signed = new SlashingOracle();
        Assert.True(await VoteAsync(first, signed, ActStock.Voted + 1, 1));
        FolderImage.Of(_disk.Folder).PutBack(_other);
        SignerRun? second = null;
        var writes = 0;
        void Begin() => second = Task.Run(() => SignerRun.StartAsync(stock, _other, device.FirstMemory)).GetAwaiter().GetResult();
        _disk.FailWrite = (_, _) =>
        {
            if (++writes == moment)
            {
                Begin();
            }

            return null;
        };
        if (moment == 0)
        {
            Begin();
        }

        await row.DoAsync(first.World.Place, first.World.Administrator, new Actor.LocalUser("operator"));
        _disk.FailWrite = (_, _) => null;
        if (second is null)
        {
            return false;
        }

        await using (second)
        {
            await RaceAsync(first, second, signed);
        }

        Assert.IsType<AuditVerification.Intact>(await AuditVerifier.VerifyAsync(first.World.Ledger));
        Count++;
        return true;
    }

    private async Task RaceAsync(SignerRun first, SignerRun second, SlashingOracle signed)
    {
        var fence = second.Fence;
        foreach (var target in (ulong[])[ActStock.Voted + 1, ActStock.Voted + 2, fence - 1, fence, fence + 1])
        {
            await VoteAsync(second, signed, target, 2);
            await VoteAsync(first, signed, target, 1);
        }

        Assert.True(await VoteAsync(second, signed, fence + 20, 2), $"{row.Name}: the signer that started last is hindered");
        Assert.False(await VoteAsync(first, signed, fence + 21, 1), $"{row.Name}: the signer that started first goes on past its fence");
    }

    private async Task<bool> VoteAsync(SignerRun run, SlashingOracle signed, ulong target, int root)
    {
        var left = await run.VoteAsync(stock.Steady.ShareKey, target, root);
        if (left)
        {
            var vote = new SlashingOracle.Duty(false, target - 1, target, root);
            Assert.False(signed.IsSlashable(vote), $"{row.Name}: two signers voted for {target}");
            signed.Sign(vote);
        }

        return left;
    }
}
