namespace RemoteSigner.Tests.Firmware;

/// <summary><c>tests/version.sh</c> and the refusals of <c>tests/release.sh</c>, in a repository of their own.</summary>
public sealed class ReleaseTests : IDisposable
{
    private readonly string _repository = Directory.CreateTempSubdirectory("release-").FullName;

    [Fact]
    public async Task A_commit_without_a_tag_is_before_every_release()
    {
        await CommitAsync();

        Assert.Matches(@"^0\.0\.0\+20261201041746\.g[0-9a-f]{12}\n$", await VersionAsync());
    }

    [Theory]
    [InlineData("1.2.3", "v1.2.3")]
    [InlineData("1.2.10", "v1.2.3", "v1.2.10", "v1.2.9")]
    [InlineData("1.3.0-rc.1", "v1.3.0-rc.1")]
    [InlineData("1.3.0", "v1.3.0-rc.1", "v1.3.0", "v1.3.0-rc.2")]
    [InlineData("1.2.3", "v1.2.3", "nightly")]
    public async Task A_tagged_commit_has_the_newest_version_of_its_tags(string version, params string[] tags)
    {
        await CommitAsync();
        await TagAsync(tags);

        Assert.Equal(version + "\n", await VersionAsync());
    }

    [Fact]
    public async Task A_commit_after_a_release_is_between_it_and_the_next_for_Debian()
    {
        await CommitAsync();
        await TagAsync("v1.2.3");
        await CommitAsync();

        var version = (await VersionAsync()).TrimEnd('\n');

        Assert.StartsWith("1.2.3+20261201041746.g", version, StringComparison.Ordinal);
        Assert.Equal((0, ""), await SystemTool.RunAsync("dpkg", "--compare-versions", version, "gt", "1.2.3"));
        Assert.Equal((0, ""), await SystemTool.RunAsync("dpkg", "--compare-versions", version, "lt", "1.2.4"));
    }

    [Fact]
    public async Task No_release_is_made_of_changes_that_are_not_committed()
    {
        await CommitAsync();
        await File.WriteAllTextAsync(Path.Combine(_repository, "stray"), "");

        var (code, output) = await ReleaseAsync();

        Assert.Equal(1, code);
        Assert.Contains("release.sh: error: the tree has uncommitted changes: ?? stray", output, StringComparison.Ordinal);
        Assert.Contains("release.sh: hint: commit, stash or remove them", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_release_is_made_of_a_tag_that_the_changelog_does_not_have()
    {
        await CommitAsync();
        await TagAsync("v1.2.3");

        var (code, output) = await ReleaseAsync();

        Assert.Equal(1, code);
        Assert.Contains("release.sh: error: CHANGELOG.md has no section [1.2.3]", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_repository, recursive: true);

    private async Task<string> VersionAsync()
    {
        var (code, output) = await SystemTool.RunAsync("bash", Path.Combine(_repository, "tests/version.sh"));
        Assert.Equal(0, code);
        return output;
    }

    private Task<(int ExitCode, string Output)> ReleaseAsync() =>
        SystemTool.RunAsync("bash", Path.Combine(_repository, "tests/release.sh"));

    /// <summary>A commit of 2026-12-01 04:17:46 UTC; the first one has the scripts in it.</summary>
    private async Task CommitAsync()
    {
        if (!Directory.Exists(Path.Combine(_repository, ".git")))
        {
            Directory.CreateDirectory(Path.Combine(_repository, "tests"));
            foreach (var script in new[] { "version.sh", "release.sh" })
            {
                File.Copy(Path.Combine(Recipes.Repository, "tests", script), Path.Combine(_repository, "tests", script));
            }

            await File.WriteAllTextAsync(Path.Combine(_repository, "CHANGELOG.md"), "## [Unreleased]\n");
            await GitAsync("init", "--quiet");
            await GitAsync("add", ".");
        }

        await GitAsync("commit", "--quiet", "--allow-empty", "--message", "a change");
    }

    private async Task TagAsync(params string[] tags)
    {
        foreach (var tag in tags)
        {
            await GitAsync("tag", tag);
        }
    }

    private async Task GitAsync(params string[] words)
    {
        string[] setting =
        [
            "GIT_CONFIG_GLOBAL=/dev/null",
            "GIT_COMMITTER_DATE=2026-12-01T05:17:46+01:00",
            "git",
            "-C",
            _repository,
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.org",
        ];
        Assert.Equal((0, ""), await SystemTool.RunAsync("env", [.. setting, .. words]));
    }
}
