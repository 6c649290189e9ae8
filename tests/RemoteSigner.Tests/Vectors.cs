using System.Text.Json.Nodes;

namespace RemoteSigner.Tests;

/// <summary>
/// The shared test vectors: the folder that VECTORS names, else ../shared/vectors beside the repository. Where there is none, tests are
/// skipped with the reason; under CI=true they fail.
/// </summary>
public static class Vectors
{
    private static readonly string? _folder = Find();

    /// <summary>The path of a file or folder below the vectors; without vectors the calling test ends here.</summary>
    public static string Path(string relative)
    {
        Assert.SkipWhen(_folder is null && !InCi, Missing);
        return System.IO.Path.Combine(_folder ?? throw new DirectoryNotFoundException(Missing), relative);
    }

    /// <summary>The path of one of our own golden files, in <c>tests/vectors</c>.</summary>
    public static string Own(string relative) => System.IO.Path.Combine(Repository()!.FullName, "tests", "vectors", relative);

    /// <summary>
    /// One theory row for each file below a folder, by path relative to the vectors; one skipped row where there are no vectors.
    /// </summary>
    public static IEnumerable<TheoryDataRow<string>> Files(string folder, string pattern = "*.json")
    {
        if (_folder is null)
        {
            return InCi ? throw new DirectoryNotFoundException(Missing) : [new TheoryDataRow<string>(folder) { Skip = Missing }];
        }

        return Directory
            .EnumerateFiles(System.IO.Path.Combine(_folder, folder), pattern)
            .Order(StringComparer.Ordinal)
            .Select(file => new TheoryDataRow<string>(System.IO.Path.GetRelativePath(_folder, file)));
    }

    /// <summary>A vector file as JSON.</summary>
    public static JsonNode Read(string relative) => JsonNode.Parse(File.ReadAllBytes(Path(relative)))!;

    private const string Missing = "the test vectors are neither in VECTORS nor in ../shared/vectors beside the repository";

    private static bool InCi => Environment.GetEnvironmentVariable("CI") == "true";

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("VECTORS") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        var beside = System.IO.Path.Combine(Repository()?.Parent?.FullName ?? "/", "shared", "vectors");
        return Directory.Exists(beside) ? beside : null;
    }

    private static DirectoryInfo? Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "RemoteSigner.sln")))
        {
            folder = folder.Parent;
        }

        return folder;
    }
}
