using System.Collections.Concurrent;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>The threads of one token: as many as its profile allows, and a bounded number more for those that hang.</summary>
internal sealed class Pkcs11Threads(int threads, int maxStuck) : IDisposable
{
    private static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<Pkcs11Worker> _idle = [];
    private readonly SemaphoreSlim _free = new(threads);
    private int _stuck;

    /// <summary>Threads that a call has not given back.</summary>
    internal int Stuck => Volatile.Read(ref _stuck);

    /// <summary>
    /// Runs <paramref name="call"/> on one of the threads; when <paramref name="cancellation"/> comes first, that thread is given up.
    /// </summary>
    internal async Task<T> RunAsync<T>(Func<Pkcs11Worker, T> call, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            return await RunOnAsync(TakeWorker(), call, cancellation);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>
    /// Ends the idle threads and waits for them: a session that is still being closed while the process exits meets a module whose own exit
    /// handlers have run, and p11-kit's client then aborts the process.
    /// </summary>
    public void Dispose()
    {
        var ending = new List<Pkcs11Worker>();
        while (_idle.TryTake(out var worker))
        {
            worker.Dispose();
            ending.Add(worker);
        }

        ending.ForEach(worker => worker.Join(CloseWait));
    }

    private async Task<T> RunOnAsync<T>(Pkcs11Worker worker, Func<Pkcs11Worker, T> call, CancellationToken cancellation)
    {
        var hangs = false;
        try
        {
            return await worker.RunAsync(() => call(worker), cancellation);
        }
        catch (OperationCanceledException)
        {
            hangs = true;
            throw;
        }
        finally
        {
            if (hangs)
            {
                Interlocked.Increment(ref _stuck);
                worker.GiveUp(() => Interlocked.Decrement(ref _stuck));
            }
            else
            {
                _idle.Add(worker);
            }
        }
    }

    private Pkcs11Worker TakeWorker()
    {
        if (Stuck >= maxStuck)
        {
            throw new TokenException(
                TokenFault.Hung,
                $"{maxStuck} calls are stuck in the PKCS#11 module, no further one is risked",
                "mend the device or its network, or restart the signer"
            );
        }

        return _idle.TryTake(out var worker) ? worker : new Pkcs11Worker();
    }
}
