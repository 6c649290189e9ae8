using System.Runtime.ExceptionServices;

namespace RemoteSigner.Native;

/// <summary>
/// Threads of their own for long work beside duties: not those of the pool, on which requests wait for each other, and behind every other
/// thread of this machine (nice 19). .NET's own priorities do nothing on Linux.
/// </summary>
public static class ModestThreads
{
    private const int Nicest = 19;

    /// <summary>Does the work on a thread of its own.</summary>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(() =>
        {
            try
            {
                end.SetResult(work());
            }
            catch (Exception fault)
            {
                end.SetException(fault);
            }
        });
        return end.Task;
    }

    /// <summary>
    /// Does the work for 0 to <paramref name="count"/> - 1 on so many threads, and waits for all. After a failure, which it throws, or a
    /// cancellation no more is begun.
    /// </summary>
    public static void ForEach(int count, int threads, Action<int> work, CancellationToken cancellation)
    {
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        var all = Enumerable
            .Range(0, Math.Min(threads, count))
            .Select(_ =>
                Start(() =>
                {
                    try
                    {
                        for (
                            int i;
                            failure is null && !cancellation.IsCancellationRequested && (i = Interlocked.Increment(ref next)) < count;

                        )
                        {
                            work(i);
                        }
                    }
                    catch (Exception fault)
                    {
                        Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(fault), null);
                    }
                })
            )
            .ToList();
        all.ForEach(thread => thread.Join());
        failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() =>
        {
            // For Linux "this process" is this thread (setpriority(2), bugs). Where it may not, it works all the same.
            _ = Libc.setpriority(Libc.PRIO_PROCESS, 0, Nicest);
            work();
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }
}
