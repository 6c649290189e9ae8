namespace RemoteSigner.Tests.Firmware;

/// <summary>
/// A wire between two network namespaces: at one end the signer behind the packet filter as it is shipped, at the other everybody else,
/// with the documentation addresses of the shipped file. No program listens: who is let through is refused at once, who is not hears
/// nothing.
/// </summary>
public sealed class SignerNetwork : IAsyncLifetime
{
    internal const string Signer = "192.0.2.1";
    internal const string Client = "192.0.2.10";
    internal const string EagerClient = "192.0.2.11";
    internal const string Monitoring = "192.0.2.20";
    internal const string Administrator = "192.0.2.30";
    internal const string Hsm = "192.0.2.40";
    internal const string Stranger = "192.0.2.99";
    internal const string Signer6 = "2001:db8:0:1::1";
    internal const string Client6 = "2001:db8:0:1::10";
    internal const string Monitoring6 = "2001:db8:0:1::20";
    internal const string Hsm6 = "2001:db8:0:1::40";
    internal const string Stranger6 = "2001:db8:0:1::99";

    private static readonly string[] OthersAddresses =
    [
        Client,
        EagerClient,
        Monitoring,
        Administrator,
        Hsm,
        Stranger,
        Client6,
        Monitoring6,
        Hsm6,
        Stranger6,
    ];

    internal static readonly string[] Tools = ["ip", "nft", "curl"];

    private readonly string _signer = $"signer-{Guid.NewGuid():N}"[..20];
    private readonly string _others = $"others-{Guid.NewGuid():N}"[..20];

    internal static string Rules { get; } = Path.Combine(Recipes.Folder, "nftables.conf");

    /// <summary>Why there is no network to test with, or null.</summary>
    internal string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess || SystemTool.FirstMissing(Tools) is not null)
        {
            Missing = "only root may load a packet filter, with ip, nft and curl installed";
            return;
        }

        var (exitCode, output) = await SystemTool.RunAsync("ip", "netns", "add", _signer);
        Missing = exitCode == 0 ? null : $"this machine gives no network namespace: {output}";
        if (Missing is null)
        {
            await PlugInAsync();
            await CheckWithoutFilterAsync();
            Assert.Equal((0, ""), await AtSignerAsync("nft", "-f", Rules));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Missing is null)
        {
            await SystemTool.RunAsync("ip", "netns", "del", _signer);
            await SystemTool.RunAsync("ip", "netns", "del", _others);
        }
    }

    internal Task<(int ExitCode, string Output)> AtSignerAsync(params string[] command) =>
        SystemTool.RunAsync("ip", ["netns", "exec", _signer, .. command]);

    /// <summary>
    /// What curl says of connecting, waiting <paramref name="seconds"/> at most. From the signer's own address it goes out.
    /// </summary>
    internal Task<(int ExitCode, string Output)> ConnectAsync(string from, string to, string port, double seconds, params string[] more)
    {
        var space = from is Signer or Signer6 ? _signer : _others;
        var host = to.Contains(':', StringComparison.Ordinal) ? $"[{to}]" : to;
        string[] command =
        [
            "netns",
            "exec",
            space,
            "curl",
            "--silent",
            "--show-error",
            "--interface",
            from,
            "--connect-timeout",
            $"{seconds}",
        ];
        return SystemTool.RunAsync("ip", [.. command, .. more, $"http://{host}:{port}"]);
    }

    private async Task PlugInAsync()
    {
        await IpAsync("netns", "add", _others);
        await IpAsync("-n", _signer, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", _others);
        await AddressAsync(_signer, Signer);
        await AddressAsync(_signer, Signer6);
        foreach (var address in OthersAddresses)
        {
            await AddressAsync(_others, address);
        }

        await IpAsync("-n", _signer, "link", "set", "wire", "up");
        await IpAsync("-n", _others, "link", "set", "wire", "up");
    }

    // The wire works, so that silence later is the filter's; and just plugged in, it needs a second before IPv6 finds its neighbours.
    private async Task CheckWithoutFilterAsync()
    {
        Assert.Equal(PacketFilterTests.Refused, (await ConnectAsync(Stranger, Signer, "9999", 5)).ExitCode);
        Assert.Equal(PacketFilterTests.Refused, (await ConnectAsync(Stranger6, Signer6, "9999", 5)).ExitCode);
        Assert.Equal(PacketFilterTests.Refused, (await ConnectAsync(Signer6, Hsm6, "80", 5)).ExitCode);
    }

    // Without "nodad" an IPv6 address cannot be used for its first second.
    private static Task AddressAsync(string space, string address) =>
        address.Contains(':', StringComparison.Ordinal)
            ? IpAsync("-n", space, "address", "add", $"{address}/64", "dev", "wire", "nodad")
            : IpAsync("-n", space, "address", "add", $"{address}/24", "dev", "wire");

    private static async Task IpAsync(params string[] arguments) => Assert.Equal((0, ""), await SystemTool.RunAsync("ip", arguments));
}
