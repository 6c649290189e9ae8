namespace RemoteSigner.Tests.Firmware;

public sealed class ConnectUnitTests : IDisposable
{
    private const string Unit = "remote-signer-connect.service";

    private readonly string _folder = Directory.CreateTempSubdirectory("remote-signer-unit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Systemd_understands_every_line() =>
        Assert.Equal((0, ""), await UnitJudge.VerifyAsync(UnitJudge.Write(_folder, Unit)));

    [Fact]
    public async Task Exposes_little_of_the_machine()
    {
        var (exitCode, level) = await UnitJudge.ExposureAsync(UnitJudge.Write(_folder, Unit));

        Assert.Equal(0, exitCode);
        Assert.InRange(level, 0.1m, 1.5m);
    }

    [Fact]
    public async Task Is_found_too_open_without_its_hardening() =>
        Assert.Equal(1, (await UnitJudge.ExposureAsync(UnitJudge.Write(_folder, Unit, UnitJudge.WithoutHardening))).ExitCode);

    [Theory]
    [InlineData("LimitCORE=0")]
    [InlineData("MemorySwapMax=0")]
    [InlineData("MemoryDenyWriteExecute=yes")]
    [InlineData("Restart=always")]
    [InlineData("StartLimitIntervalSec=0")]
    [InlineData("Environment=HOME=/tmp")]
    public void Keeps_what_the_exposure_level_does_not_count(string setting) =>
        Assert.Single(Recipes.Read(Unit).Split('\n'), line => line.StartsWith(setting, StringComparison.Ordinal));

    /// <summary>The key is in no file that the process could read beside its own copy, and in no argument.</summary>
    [Fact]
    public void Has_its_key_from_systemd_alone() =>
        Assert.Equal(
            ["client.crt", "client.key", "ca.crt"],
            Recipes
                .Read(Unit)
                .Split('\n')
                .Where(line => line.StartsWith("LoadCredential=", StringComparison.Ordinal))
                .Select(line => line["LoadCredential=".Length..line.IndexOf(':', StringComparison.Ordinal)])
        );
}
