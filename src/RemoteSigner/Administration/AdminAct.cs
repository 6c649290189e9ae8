using RemoteSigner.Spec;

namespace RemoteSigner.Administration;

/// <summary>
/// Something that changes the signer and is no signature; a closed choice: every case is a sealed class of this room. An act is made for
/// one execution, and only <see cref="Administrator"/> calls its steps, in the order in which they stand here. The ledger leads: whatever
/// happens outside of it follows its transaction, may be repeated, and is finished or taken back by <see cref="Reconciliation"/> after a
/// crash.
/// </summary>
public abstract class AdminAct<TResult> : IDisposable
{
    private protected AdminAct() { }

    /// <summary>The action of its audit entry, such as <c>key.import</c>.</summary>
    public abstract string Action { get; }

    /// <summary>What a client needs for it.</summary>
    public virtual AdminRight Right => AdminRight.LocalOnly;

    /// <summary>The keys that it is about: a client must be allowed all of them.</summary>
    public virtual IReadOnlyCollection<BlsPublicKey> Keys => [];

    /// <summary>Does it look into the vault, or change it?</summary>
    internal virtual bool WantsVault => false;

    /// <summary>Does it change nothing by itself? Then it is done also where ledger and vault must not change each other.</summary>
    internal virtual bool OnlyOpens => false;

    /// <summary>Does history come in, which may be what an unclean stop left in doubt?</summary>
    internal virtual bool BringsHistory => false;

    /// <summary>What may fail or takes long, before anything of the signer is changed.</summary>
    internal virtual Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>
    /// The effect on the ledger and its audit entry, in one transaction. False when there was nothing to do: then there is no entry either.
    /// </summary>
    internal abstract Task<bool> CommitAsync(Proceeding proceeding);

    /// <summary>What follows the ledger outside of it: the vault, a file, a device.</summary>
    internal virtual Task FollowAsync(Proceeding proceeding) => Task.CompletedTask;

    /// <summary>One transaction that says that it is done.</summary>
    internal virtual Task FinishAsync(Proceeding proceeding) => Task.CompletedTask;

    /// <summary>It failed: takes away what it made in a device, as far as nothing depends on it.</summary>
    internal virtual Task AbandonAsync(Proceeding proceeding) => Task.CompletedTask;

    /// <summary>Is it about the anchor itself? Then, once it is done, nothing is told to it but what the act told it.</summary>
    internal virtual bool IsAboutAnchor => false;

    /// <summary>Gives up what it opened.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>What came of it; asked for last.</summary>
    internal abstract TResult Result { get; }
}
