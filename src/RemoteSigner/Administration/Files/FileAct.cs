using RemoteSigner.Native;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// An act whose effect is a file: its content is known before, its entry is first, and the file follows, whole or not at all.
/// </summary>
public abstract class FileAct<TResult> : AdminAct<TResult>
{
    private protected FileAct() { }

    /// <summary>Where it is written. Known once the act is prepared.</summary>
    private protected abstract string Path { get; }

    private protected abstract ReadOnlyMemory<byte> Content { get; }

    /// <summary>What the entry says besides.</summary>
    private protected abstract string Detail { get; }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var hash = FileHash.Of(Content.Span);
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.FileWritten(Path, hash)));
            return proceeding.Append(transaction, Action, entry => entry with { FileHash = hash, Detail = Detail });
        });
        return true;
    }

    internal override Task FollowAsync(Proceeding proceeding)
    {
        DurableFile.Replace(Path, Content.Span);
        return Task.CompletedTask;
    }

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();
}
