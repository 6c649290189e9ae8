using System.Text.Json.Nodes;

namespace RemoteSigner.Tests;

/// <summary>
/// Test vectors. Ours are in <c>tests/vectors</c>; those of others are looked for in the folder that VECTORS names, in
/// <c>artifacts/vectors</c>, where <c>make vectors</c> puts them, and in <c>../shared/vectors</c>. Where one is missing its tests are
/// skipped with the reason; under CI=true they fail.
/// </summary>
public static class Vectors
{
    private static readonly string[] _folders = [.. Folders()];

    /// <summary>The path of a file or folder below the vectors; where it is missing the calling test ends here.</summary>
    public static string Path(string relative)
    {
        var found = Find(relative);
        Assert.SkipWhen(found is null && !InCi, Missing(relative));
        return found ?? throw new DirectoryNotFoundException(Missing(relative));
    }

    /// <summary>Whether there is such a vector: for a test whose cases have theirs or not.</summary>
    public static bool Has(string relative) => Find(relative) is not null;

    /// <summary>One theory row for each file of a folder, by path relative to the vectors; one skipped row where it is missing.</summary>
    public static IEnumerable<TheoryDataRow<string>> Files(string folder, string pattern = "*.json") =>
        Find(folder) is { } found
            ? Directory
                .EnumerateFiles(found, pattern)
                .Order(StringComparer.Ordinal)
                .Select(file => new TheoryDataRow<string>(System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file))))
        : InCi ? throw new DirectoryNotFoundException(Missing(folder))
        : [new TheoryDataRow<string>(folder) { Skip = Missing(folder) }];

    /// <summary>A vector file as JSON.</summary>
    public static JsonNode Read(string relative) => JsonNode.Parse(File.ReadAllBytes(Path(relative)))!;

    private static bool InCi => Environment.GetEnvironmentVariable("CI") == "true";

    private static string Missing(string relative) => $"the vectors {relative} are not here: make vectors";

    private static string? Find(string relative) =>
        _folders.Select(folder => System.IO.Path.Combine(folder, relative)).FirstOrDefault(System.IO.Path.Exists);

    private static IEnumerable<string> Folders()
    {
        var repository = Repository();
        yield return System.IO.Path.Combine(repository, "tests", "vectors");
        if (Environment.GetEnvironmentVariable("VECTORS") is { Length: > 0 } named)
        {
            yield return named;
        }

        yield return System.IO.Path.Combine(repository, "artifacts", "vectors");
        yield return System.IO.Path.Combine(repository, "..", "shared", "vectors");
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "RemoteSigner.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no folder above this program has RemoteSigner.sln");
        }

        return folder.FullName;
    }
}
