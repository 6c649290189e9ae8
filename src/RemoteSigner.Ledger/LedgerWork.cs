namespace RemoteSigner.Ledgers;

/// <summary>One piece of work for the writer thread.</summary>
public abstract class LedgerWork
{
    private TaskCompletionSource? _waiter;

    /// <summary>Why this piece failed while the rest of its batch went on; null while it has not.</summary>
    public Exception? Failure { get; set; }

    /// <summary>May it run again where nothing of the first run was kept?</summary>
    public virtual bool IsRepeatable => false;

    public abstract void Run(LedgerTransaction transaction);

    /// <summary>Tells the waiter, where there is one; called only after the commit is on disk.</summary>
    public virtual void Release() => _waiter?.SetResult();

    /// <summary>Ends when it is released, well or not. Only before it is queued.</summary>
    public Task Await()
    {
        // Continuations must not run on the writer thread: everyone's next commit waits for it.
        _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiter.Task;
    }
}

/// <summary>Work that gives a <typeparamref name="T"/>, and whoever waits for it.</summary>
internal sealed class LedgerWork<T>(Func<LedgerTransaction, T> work) : LedgerWork
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _completion.Task;

    public override void Run(LedgerTransaction transaction) => _result = work(transaction);

    public override void Release()
    {
        if (Failure is null)
        {
            _completion.SetResult(_result!);
        }
        else
        {
            _completion.SetException(Failure);
        }
    }
}
