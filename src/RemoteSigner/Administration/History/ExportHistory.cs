using RemoteSigner.Native;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.History;

/// <summary>
/// Writes the history as an EIP-3076 interchange file, whole or not at all: it takes its name once it is complete, on disk and in the audit log. The result is the number of keys in it.
/// </summary>
/// <param name="path">An absolute path.</param>
public sealed class ExportHistory(string path, ExportedNames by) : AdminAct<int>
{
    private readonly string _temporary = $"{path}.{Environment.ProcessId}.new";
    private int _count;

    public override string Action => "slashing.export";

    internal override int Result => _count;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        await using var file = new FileStream(_temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        _count = await proceeding.Slashing.ExportAsync(file, by: by);
        file.Flush(flushToDisk: true);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var hash = FileHash.Of(_temporary);
        await proceeding.Pending.WriteAsync(transaction =>
        {
            PendingActs.Begin(transaction, new PendingAct(Action, new PendingEffect.FileWritten(path, hash)));
            return proceeding.Append(transaction, Action, entry => entry with { FileHash = hash, Detail = $"{path}: {_count} keys" });
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
        File.Delete(_temporary);
        base.Dispose();
    }
}
