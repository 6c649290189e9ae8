using RemoteSigner.Keys;

namespace RemoteSigner.Signing;

/// <summary>
/// Brings together what one commit of the ledger has released, so that it is signed together. Nobody waits for others to come: the first to
/// arrive asks the thread pool for a turn behind those who were released with it, and whoever arrives after that has the next one.
/// </summary>
internal sealed class SigningQueue(ShareSigner signer) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private List<SignCase> _waiting = [];

    /// <summary>Signs it, where there is leave to.</summary>
    public Task SignAsync(SignCase one)
    {
        if (one.Permit is null)
        {
            return Task.CompletedTask;
        }

        var signed = one.AwaitSignature();
        lock (_gate)
        {
            _waiting.Add(one);
            if (_waiting.Count == 1)
            {
                // Behind whatever the commit has released: their turn in the pool comes first, and they are here by then.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        return signed;
    }

    void IThreadPoolWorkItem.Execute()
    {
        List<SignCase> turn;
        lock (_gate)
        {
            (turn, _waiting) = (_waiting, []);
        }

        // The first is signed here, the others by whichever core is free.
        var bursts = SigningBurst.Of(turn, signer);
        for (var i = 1; i < bursts.Count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(bursts[i], preferLocal: false);
        }

        bursts[0].Execute();
    }
}
