namespace RemoteSigner.Rig;

/// <summary>Where this source tree is, found by walking up to <c>RemoteSigner.sln</c>.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The published binary; REMOTE_SIGNER_BINARY names another.</summary>
    public static string Binary { get; } =
        Environment.GetEnvironmentVariable("REMOTE_SIGNER_BINARY")
        ?? Path.Combine(Root, "artifacts", "publish", "remote-signer", "remote-signer");

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RemoteSigner.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"RemoteSigner.sln is in no folder above {start}");
    }
}
