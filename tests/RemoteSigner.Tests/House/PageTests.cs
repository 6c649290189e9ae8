using System.Text.RegularExpressions;

namespace RemoteSigner.Tests.House;

/// <summary>The pages under <c>docs</c> say by which test a claim is held and in which file a line goes: both must be there.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Every_test_that_a_page_names_is_there()
    {
        var files = HouseTests.Sources("tests", "*.cs").Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Missing(TestClass(), files.Contains));
    }

    [Fact]
    public void Every_file_that_a_page_names_is_there() =>
        Assert.Empty(Missing(RepositoryPath(), path => Path.Exists(Path.Combine(HouseTests.Root(), path))));

    [Fact]
    public void Every_law_that_a_page_calls_proven_is_one_of_the_model()
    {
        var laws = File.ReadAllText(Path.Combine(HouseTests.Root(), "src/RemoteSigner.Slashing/Model/Laws.dfy"));
        Assert.Empty(Missing(ProvenLaw(), law => laws.Contains($"predicate {law}(", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Missing(Regex pattern, Predicate<string> isThere) =>
        from page in Directory.EnumerateFiles(Path.Combine(HouseTests.Root(), "docs"), "*.md", SearchOption.AllDirectories)
        from Match match in pattern.Matches(File.ReadAllText(page))
        where !isThere(match.Groups[1].Value)
        select $"{Path.GetRelativePath(HouseTests.Root(), page)}: {match.Groups[1].Value}";

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex TestClass();

    // "proof: `One`, `Two`", up to the end of the sentence or of the cell.
    [GeneratedRegex(@"(?<=\bproof: [^.|]*)`(\w+)`")]
    private static partial Regex ProvenLaw();

    // In backticks and without a placeholder.
    [GeneratedRegex(@"`((?:src|tests|docs|hsm-profiles|firmware-config)/[\w./-]+)`")]
    private static partial Regex RepositoryPath();
}
