using System.Text.RegularExpressions;

namespace RemoteSigner.Tests.Firmware;

public sealed partial class KernelSettingsTests
{
    // Real names that a kernel may be built without; a minus in the file says so to systemd-sysctl.
    private static readonly string[] NotInEveryKernel =
    [
        "kernel.io_uring_disabled",
        "kernel.kexec_load_disabled",
        "kernel.perf_event_paranoid",
        "kernel.sysrq",
        "kernel.unprivileged_userns_clone",
        "kernel.yama.ptrace_scope",
        "net.core.bpf_jit_harden",
        "net.ipv6.conf.all.accept_redirects",
        "net.ipv6.conf.all.accept_source_route",
        "net.ipv6.conf.all.forwarding",
        "net.ipv6.conf.default.accept_redirects",
        "net.ipv6.conf.default.accept_source_route",
        "vm.unprivileged_userfaultfd",
    ];

    private static IEnumerable<string> Lines =>
        Recipes.Read("sysctl.d/90-remote-signer.conf").Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    private static Match[] Settings => [.. Lines.Select(line => Setting().Match(line))];

    [Fact]
    public void Every_line_is_a_key_and_a_value() => Assert.All(Lines, line => Assert.Matches(Setting(), line));

    [Fact]
    public void No_key_is_set_twice() => Assert.Distinct(Settings.Select(setting => setting.Groups["key"].Value));

    [Fact]
    public void The_keys_marked_with_a_minus_are_the_ones_some_kernels_lack() =>
        Assert.Equal(
            NotInEveryKernel,
            Settings
                .Where(setting => setting.Groups["minus"].Length > 0)
                .Select(setting => setting.Groups["key"].Value)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_kernel_knows_every_other_key() =>
        Assert.All(Settings.Select(setting => setting.Groups["key"].Value).Except(NotInEveryKernel), key =>
            Assert.True(File.Exists(PathOf(key)), $"{key} is no kernel setting")
        );

    [Theory]
    [InlineData("kernel.core_pattern", "|/bin/false")]
    [InlineData("fs.suid_dumpable", "0")]
    [InlineData("kernel.yama.ptrace_scope", "3")]
    [InlineData("kernel.kexec_load_disabled", "1")]
    public void Memory_stays_with_its_process(string key, string value) =>
        Assert.Single(Settings, setting => setting.Groups["key"].Value == key && setting.Groups["value"].Value == value);

    private static string PathOf(string key) => $"/proc/sys/{key.Replace('.', '/')}";

    [GeneratedRegex(@"^(?<minus>-?)(?<key>[a-z0-9_]+(\.[a-z0-9_]+)+) = (?<value>\S+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();
}
