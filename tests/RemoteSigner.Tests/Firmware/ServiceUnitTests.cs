namespace RemoteSigner.Tests.Firmware;

public sealed class ServiceUnitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("remote-signer-unit-").FullName;

    public static TheoryData<string> DropIns() =>
        new(
            Directory
                .GetFiles(Path.Combine(Recipes.Folder, "remote-signer.service.d"), "*.conf.example")
                .Select(path => Path.GetFileName(path))
        );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Systemd_understands_every_line() => Assert.Equal((0, ""), await UnitJudge.VerifyAsync(WriteUnit()));

    [Fact]
    public async Task Systemd_complains_of_a_system_call_group_that_does_not_exist()
    {
        var (exitCode, output) = await UnitJudge.VerifyAsync(
            WriteUnit(text => text.Replace("@system-service", "@system-servant", StringComparison.Ordinal))
        );

        Assert.NotEqual(0, exitCode);
        Assert.Contains("@system-servant", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exposes_little_of_the_machine()
    {
        var (exitCode, level) = await UnitJudge.ExposureAsync(WriteUnit());

        Assert.Equal(0, exitCode);
        Assert.InRange(level, 0.1m, 1.5m);
    }

    [Fact]
    public async Task Is_found_too_open_without_its_hardening()
    {
        var (exitCode, level) = await UnitJudge.ExposureAsync(WriteUnit(UnitJudge.WithoutHardening));

        Assert.Equal(1, exitCode);
        Assert.InRange(level, 8m, 10m);
    }

    [Theory]
    [MemberData(nameof(DropIns))]
    public async Task A_drop_in_for_an_HSM_is_understood_and_keeps_the_rest_shut(string dropIn)
    {
        var unit = WriteUnit();
        var folder = Directory.CreateDirectory($"{unit}.d").FullName;
        File.Copy(
            Path.Combine(Recipes.Folder, "remote-signer.service.d", dropIn),
            Path.Combine(folder, Path.GetFileNameWithoutExtension(dropIn))
        );

        Assert.Equal((0, ""), await UnitJudge.VerifyAsync(unit));
        Assert.Equal(0, (await UnitJudge.ExposureAsync(unit)).ExitCode);
    }

    [Theory]
    [InlineData("Type=notify")]
    [InlineData("NotifyAccess=main")]
    [InlineData("WatchdogSec=")]
    [InlineData("LoadCredential=pin:")]
    [InlineData("StateDirectoryMode=0700")]
    [InlineData("WorkingDirectory=/var/lib/remote-signer")]
    [InlineData("UMask=0077")]
    [InlineData("LimitCORE=0")]
    [InlineData("LimitMEMLOCK=64M")]
    [InlineData("MemorySwapMax=0")]
    [InlineData("MemoryDenyWriteExecute=yes")]
    [InlineData("SystemCallErrorNumber=EPERM")]
    [InlineData("RestartPreventExitStatus=1 2")]
    [InlineData("TimeoutStartSec=infinity")]
    public void Keeps_what_the_exposure_level_does_not_count(string setting) =>
        Assert.Single(Recipes.Read("remote-signer.service").Split('\n'), line => line.StartsWith(setting, StringComparison.Ordinal));

    [Fact]
    public void Leaves_the_signer_its_locked_memory()
    {
        var filters = Recipes
            .Read("remote-signer.service")
            .Split('\n')
            .Where(line => line.StartsWith("SystemCallFilter=", StringComparison.Ordinal))
            .ToArray();

        Assert.Contains("memfd_secret", filters[0], StringComparison.Ordinal);
        Assert.DoesNotContain(filters, line => line.Contains("@memlock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_user_has_a_state_folder_and_no_shell()
    {
        var recipes = Directory.CreateDirectory(Path.Combine(_folder, "usr/lib/sysusers.d")).FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "etc"));
        File.Copy(Path.Combine(Recipes.Folder, "sysusers.d/remote-signer.conf"), Path.Combine(recipes, "remote-signer.conf"));

        Assert.Equal(0, (await SystemTool.RunAsync("systemd-sysusers", $"--root={_folder}")).ExitCode);
        Assert.EndsWith(
            ":/var/lib/remote-signer:/usr/sbin/nologin",
            File.ReadAllText(Path.Combine(_folder, "etc/passwd")).Trim(),
            StringComparison.Ordinal
        );
    }

    private string WriteUnit(Func<string, string>? change = null) => UnitJudge.Write(_folder, "remote-signer.service", change);
}
