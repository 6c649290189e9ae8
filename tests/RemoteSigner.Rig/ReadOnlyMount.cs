namespace RemoteSigner.Rig;

/// <summary>A folder mounted over itself without leave to write: for root, permissions alone stop nothing.</summary>
public sealed class ReadOnlyMount : IAsyncDisposable
{
    private readonly string _folder;

    private ReadOnlyMount(string folder) => _folder = folder;

    public static async Task<ReadOnlyMount> OverAsync(string folder)
    {
        (await CommandResult.OfAsync("mount", ["--bind", folder, folder])).Succeeded();
        var mount = new ReadOnlyMount(folder);
        (await CommandResult.OfAsync("mount", ["-o", "remount,ro,bind", folder])).Succeeded();
        return mount;
    }

    public async ValueTask DisposeAsync() => (await CommandResult.OfAsync("umount", [_folder])).Succeeded();
}
