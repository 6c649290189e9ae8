using RemoteSigner.Native;

namespace RemoteSigner.Administration.Files;

/// <summary>
/// An act that writes a file of any size for somebody else, whole or not at all: it takes its name once it is complete, on disk and in the
/// audit log.
/// </summary>
/// <param name="path">An absolute path.</param>
/// <param name="receiver">Where it is for, where somebody takes it from that path to there; null: it stays.</param>
public abstract class ExportAct<TResult>(string path, string? receiver) : AdminAct<TResult>
{
    private readonly string _temporary = $"{path}.{Environment.ProcessId}.new";

    /// <summary>What the entry says of the content.</summary>
    private protected abstract string Detail { get; }

    private protected abstract Task WriteAsync(Proceeding proceeding, Stream file);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            _temporary,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        await WriteAsync(proceeding, file);
        file.Flush(flushToDisk: true);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var hash = FileHash.Of(_temporary);
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.FileWritten(path, hash)));
            return proceeding.Append(transaction, Action, entry =>
                entry with
                {
                    FileHash = hash,
                    Detail = $"{receiver ?? path}: {Detail}",
                }
            );
        });
        return true;
    }

    internal override Task FollowAsync(Proceeding proceeding)
    {
        File.Move(_temporary, path, overwrite: true);
        DurableFile.SyncFolder(Path.GetDirectoryName(path)!);
        return Task.CompletedTask;
    }

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();

    public override void Dispose()
    {
        if (File.Exists(_temporary))
        {
            File.Delete(_temporary);
        }

        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
