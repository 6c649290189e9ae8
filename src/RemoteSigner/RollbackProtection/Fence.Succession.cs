namespace RemoteSigner.RollbackProtection;

// The fence of a vault that gets another root key while it is open.
public sealed partial class Fence
{
    private readonly List<RunRecord> _former = [];

    // Not at its end: the former place may still vouch for copies from before, so the next one promises nothing that goes beyond what both
    // have.
    private FenceSuccession? _unfinished;

    /// <summary>
    /// The vault got another root key: the record goes on in another place, under its keys. What lies within the bounds passes meanwhile; a
    /// duty beyond them waits as for a move. False where no run is open: then the next start does it.
    /// </summary>
    /// <param name="epoch">Of the present root key.</param>
    /// <param name="taken">Called when the keys of the next place belong to the fence.</param>
    /// <exception cref="RollbackAnchorException">The device failed.</exception>
    public async Task<bool> GoOnAsync(FenceSuccession succession, uint epoch, Action taken)
    {
        while (true)
        {
            Task? ours = null;
            Task move;
            lock (_gate)
            {
                if (_run is null || _closed is not null)
                {
                    return false;
                }

                if (_move is null or { IsCompleted: true })
                {
                    ours = _run.Epoch == epoch ? FinishAsync(succession) : MoveAsync(succession, _run, taken);
                    _move = EndAsync(ours);
                }

                move = _move;
            }

            await move;
            if (ours is not null)
            {
                await ours;
                return true;
            }
        }
    }

    private async Task MoveAsync(FenceSuccession succession, RunRecord run, Action taken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var next = await succession.MoveAsync(run, time);
        lock (_gate)
        {
            // Whoever certifies the fence may have the former keys in his hands still.
            _former.Add(run);
            (_run, _unfinished) = (next, succession.From(run));
        }

        taken();
        await FinishSuccessionAsync();
    }

    private async Task FinishAsync(FenceSuccession succession)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _unfinished ??= succession;
        await FinishSuccessionAsync();
    }

    // One task at a time: that of a move, or after the fence was closed.
    private async Task FinishSuccessionAsync()
    {
        if (_unfinished is { } succession)
        {
            await succession.FinishMoveAsync();
            _unfinished = null;
        }
    }

    // Duties wait for the end alone.
    private static async Task EndAsync(Task move) => await move.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
