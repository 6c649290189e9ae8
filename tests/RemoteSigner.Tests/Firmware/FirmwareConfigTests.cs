using System.Security.Cryptography;

namespace RemoteSigner.Tests.Firmware;

public sealed class FirmwareConfigTests
{
    private static string[] Dockerfile => File.ReadAllLines(Path.Combine(Recipes.Repository, "Dockerfile"));

    [Fact]
    public async Task Nft_understands_the_packet_filter()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "nft asks the kernel, and the kernel answers root only");

        Assert.Equal((0, ""), await SystemTool.RunAsync("nft", "-c", "-f", Path.Combine(Recipes.Folder, "nftables.conf")));
    }

    [Fact]
    public void The_readme_names_every_file()
    {
        var files = Directory
            .GetFiles(Recipes.Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Recipes.Folder, file))
            .Except(["README.md"]);
        var readme = Recipes.Read("README.md");

        Assert.All(files, file => Assert.Contains($"`{file}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void The_container_is_not_built_from_strangers_images() =>
        Assert.All(Dockerfile.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)), line =>
            Assert.Matches("^FROM mcr.microsoft.com/dotnet/[a-z-]+:10.0-[a-z-]+(@sha256:[0-9a-f]{64})?( AS [a-z]+)?$", line)
        );

    [Fact]
    public void The_container_runs_as_nobody_in_particular() =>
        Assert.Equal("USER $APP_UID", Assert.Single(Dockerfile, line => line.StartsWith("USER ", StringComparison.Ordinal)));

    // The hash of https://www.apache.org/licenses/LICENSE-2.0.txt.
    [Fact]
    public void The_licence_is_the_Apache_License_word_for_word() =>
        Assert.Equal(
            "CFC7749B96F63BD31C3C42B5C471BF756814053E847C10F3EB003417BC523D30",
            Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(Recipes.Repository, "LICENSE"))))
        );
}
