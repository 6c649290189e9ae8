namespace RemoteSigner.Rig;

/// <summary>A folder moved onto a file system of few mebibytes (tmpfs), which can be filled to the last byte.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Ballast => Path.Combine(_folder, "ballast");

    public static async Task<SmallDisk> UnderAsync(string folder, int mebibytes)
    {
        var aside = folder + ".aside";
        Directory.Move(folder, aside);
        Directory.CreateDirectory(folder);
        (await CommandResult.OfAsync("mount", ["-t", "tmpfs", "-o", $"size={mebibytes}m,mode=0700", "tmpfs", folder])).Succeeded();
        (await CommandResult.OfAsync("cp", ["-a", aside + "/.", folder])).Succeeded();
        return new SmallDisk(folder);
    }

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(
            Ballast,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                BufferSize = 0,
            }
        );
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => (await CommandResult.OfAsync("umount", [_folder])).Succeeded();
}
