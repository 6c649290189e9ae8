namespace RemoteSigner.Tests.Firmware;

/// <summary>Where the recipes lie: found by walking up from the test binary, because CI builds hide source paths.</summary>
internal static class Recipes
{
    internal static string Repository { get; } = FindRepository();

    internal static string Folder { get; } = Path.Combine(Repository, "firmware-config");

    internal static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RemoteSigner.sln")))
        {
            folder = folder.Parent
                ?? throw new InvalidOperationException("the tests run outside the repository: no RemoteSigner.sln above them");
        }

        return folder.FullName;
    }
}
