namespace RemoteSigner.Mutation;

/// <summary>A line of law.txt: a file of the law and the tests that should notice a fault in it.</summary>
/// <param name="Path">From the repository's root.</param>
/// <param name="Tests">In groups: the next one runs where those before notice nothing.</param>
public sealed record LawFile(string Path, IReadOnlyList<TestGroup> Tests)
{
    /// <summary>Reads the lines "FILE | TEST PROJECT: CLASS … | TEST PROJECT: CLASS …", but for empty ones and those with #.</summary>
    /// <exception cref="FormatException">A line has another form.</exception>
    public static IReadOnlyList<LawFile> Read(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    /// <summary>The folder of the project that it is compiled in.</summary>
    public string ProjectFolder(string root)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.Combine(root, Path))!;
        while (Directory.GetFiles(folder, "*.csproj").Length == 0)
        {
            folder = System.IO.Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private static LawFile Parse(string line) =>
        line.Split('|', StringSplitOptions.TrimEntries) is [var path, .. { Length: > 0 } groups]
            ? new LawFile(path, [.. groups.Select(group => TestGroup.Parse(group))])
            : throw new FormatException($"'{line}' names no tests");
}

/// <summary>Test classes of one project that run together.</summary>
/// <param name="Classes">Their names, or patterns with * at one end.</param>
public sealed record TestGroup(string Project, string[] Classes)
{
    internal static TestGroup Parse(string text) =>
        text.Split(':', StringSplitOptions.TrimEntries) is [var project, { Length: > 0 } classes]
            ? new TestGroup(project, classes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new FormatException($"'{text}' is not TEST PROJECT: CLASS …");
}
