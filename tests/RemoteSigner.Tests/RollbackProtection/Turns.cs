using System.Threading.Channels;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>
/// Decides which of several runs takes the next step, so that one interleaving after another can be played. A run rests when it waits for
/// its next step or has ended; only then is another step given.
/// </summary>
internal sealed class Turns(int runs)
{
    private readonly Channel<TaskCompletionSource>[] _waiting =
    [
        .. Enumerable.Range(0, runs).Select(_ => Channel.CreateUnbounded<TaskCompletionSource>()),
    ];

    public Task TakeAsync(int run)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_waiting[run].Writer.TryWrite(turn));
        return turn.Task;
    }

    /// <summary>
    /// Plays the scripts to their ends. <paramref name="choose"/> is told which runs can go on, at least one, and names one of them.
    /// </summary>
    public async Task PlayAsync(IReadOnlyList<Task> scripts, Func<IReadOnlyList<int>, int> choose)
    {
        var resting = new TaskCompletionSource?[runs];
        while (true)
        {
            for (var run = 0; run < runs; run++)
            {
                resting[run] ??= await NextAsync(run, scripts[run]);
            }

            int[] able = [.. Enumerable.Range(0, runs).Where(run => resting[run] is not null)];
            if (able.Length == 0)
            {
                await Task.WhenAll(scripts);
                return;
            }

            var chosen = choose(able);
            resting[chosen]!.SetResult();
            resting[chosen] = null;
        }
    }

    private async Task<TaskCompletionSource?> NextAsync(int run, Task script)
    {
        var ready = _waiting[run].Reader.WaitToReadAsync().AsTask();
        await Task.WhenAny(ready, script);
        return _waiting[run].Reader.TryRead(out var turn) ? turn : null;
    }
}
