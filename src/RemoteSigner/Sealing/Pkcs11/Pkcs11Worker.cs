using System.Collections.Concurrent;

namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// A thread with a session of its own. A call that hangs cannot be cancelled: the thread is then given up, ends by itself should the call
/// ever come back, and whatever it brings is disposed.
/// </summary>
internal sealed class Pkcs11Worker : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<Action> _jobs = [];
    private readonly Thread _thread;
    private Action _ended = static () => { };

    internal Pkcs11Worker()
    {
        _thread = new Thread(Live) { IsBackground = true, Name = "pkcs11" };
        _thread.Start();
    }

    /// <summary>Touched by the worker's own thread only.</summary>
    internal Pkcs11Session? Session { get; set; }

    /// <summary>
    /// Runs <paramref name="call"/> on this thread. When <paramref name="cancellation"/> comes first, the thread must be given up.
    /// </summary>
    /// <exception cref="OperationCanceledException">The call has not come back.</exception>
    internal async Task<T> RunAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs.Add(() => ApiResponse(call, answer), CancellationToken.None);
        using var giveUp = cancellation.Register(() => answer.TrySetCanceled(cancellation));
        return await answer.Task;
    }

    internal void DropSession()
    {
        Session?.Dispose();
        Session = null;
    }

    /// <summary>Leaves the thread to the call it is stuck in; <paramref name="ended"/> runs should it ever come back.</summary>
    internal void GiveUp(Action ended)
    {
        _ended = ended;
        _jobs.CompleteAdding();
    }

    /// <summary>Ends an idle thread, and waits a moment until its session is closed: with the last session the login ends.</summary>
    public void Dispose()
    {
        _jobs.CompleteAdding();
        _thread.Join(Farewell);
    }

    /// <summary>
    /// Waits until the session is closed and the thread is out of the module, though not longer than <paramref name="timeout"/>.
    /// </summary>
    internal void Join(TimeSpan timeout) => _thread.Join(timeout);

    private static void ApiResponse<T>(Func<T> call, TaskCompletionSource<T> answer)
    {
        try
        {
            var result = call();
            if (!answer.TrySetResult(result))
            {
                (result as IDisposable)?.Dispose();
            }
        }
        catch (Exception e)
        {
            answer.TrySetException(e);
        }
    }

    private void Live()
    {
        try
        {
            foreach (var job in _jobs.GetConsumingEnumerable())
            {
                job();
            }
        }
        finally
        {
            DropSession();
            _jobs.Dispose();
            _ended();
        }
    }
}
