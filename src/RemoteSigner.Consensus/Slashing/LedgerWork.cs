namespace RemoteSigner.Consensus.Slashing;

/// <summary>One piece of work that waits for the writer thread, and whoever waits for its end.</summary>
internal abstract class LedgerWork
{
    /// <summary>Why this piece failed while the rest of its batch went on; null while it has not.</summary>
    public Exception? Failure { get; set; }

    public abstract void Run(LedgerTransaction transaction);

    /// <summary>Tells the waiter; called only after the commit is on disk.</summary>
    public abstract void Release();
}

/// <summary>Work that gives a <typeparamref name="T"/>.</summary>
internal sealed class LedgerWork<T>(Func<LedgerTransaction, T> work) : LedgerWork
{
    // Continuations must not run on the writer thread: everyone's next commit waits for it.
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
