namespace RemoteSigner.Mutation;

/// <summary>A line of law.txt: a file of the law and the test classes that hold it.</summary>
/// <param name="Path">From the repository's root.</param>
/// <param name="TestProject">The name of the test project.</param>
/// <param name="Classes">Names of test classes, or patterns with * at one end.</param>
public sealed record LawFile(string Path, string TestProject, string[] Classes)
{
    /// <summary>Reads the lines "FILE | TEST PROJECT | CLASS CLASS …"; empty lines and those with # are passed over.</summary>
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
        line.Split('|', StringSplitOptions.TrimEntries) is [var path, var project, var classes]
            ? new LawFile(path, project, classes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new FormatException($"'{line}' is not FILE | TEST PROJECT | CLASSES");
}
