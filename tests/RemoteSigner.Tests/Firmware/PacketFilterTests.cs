namespace RemoteSigner.Tests.Firmware;

/// <summary>
/// The filter as it is shipped, between two network namespaces that carry its documentation addresses. No program listens: a packet that
/// is let through is answered by a reset at once ("refused"), one that is dropped by nothing at all ("timed out").
/// </summary>
public sealed class PacketFilterTests : IAsyncLifetime
{
    private const string Client = "192.0.2.10";
    private const string Monitoring = "192.0.2.20";
    private const string Administrator = "192.0.2.30";
    private const string Hsm = "192.0.2.40";
    private const string Stranger = "192.0.2.99";
    private const string Signer = "192.0.2.1";

    private static readonly string Rules = Path.Combine(Recipes.Folder, "nftables.conf");

    private readonly string _signer = $"signer-{Environment.ProcessId}-{Guid.NewGuid():N}"[..20];
    private readonly string _others = $"others-{Environment.ProcessId}-{Guid.NewGuid():N}"[..20];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may load a packet filter");
        var (exitCode, output) = await SystemTool.RunAsync("ip", "netns", "add", _signer);
        Assert.SkipUnless(exitCode == 0, $"this machine gives no network namespace: {output}");
        await IpAsync("netns", "add", _others);
        await IpAsync("-n", _signer, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", _others);
        await AddressAsync(_signer, Signer);
        foreach (var address in (string[])[Client, Monitoring, Administrator, Hsm, Stranger])
        {
            await AddressAsync(_others, address);
        }

        await IpAsync("-n", _signer, "link", "set", "wire", "up");
        await IpAsync("-n", _others, "link", "set", "wire", "up");
        Assert.Equal((0, ""), await SystemTool.RunAsync("ip", "netns", "exec", _signer, "nft", "-f", Rules));
    }

    public async ValueTask DisposeAsync()
    {
        await SystemTool.RunAsync("ip", "netns", "del", _signer);
        await SystemTool.RunAsync("ip", "netns", "del", _others);
    }

    [Theory]
    [InlineData(Client, 9000)]
    [InlineData(Monitoring, 9001)]
    [InlineData(Administrator, 22)]
    public async Task Lets_in_whom_it_names(string from, int port) => Assert.Equal("refused", await ConnectAsync(_others, from, Signer, port));

    [Theory]
    [InlineData(Stranger, 9000)]
    [InlineData(Stranger, 22)]
    [InlineData(Client, 9001)]
    [InlineData(Client, 22)]
    [InlineData(Monitoring, 9000)]
    [InlineData(Administrator, 9000)]
    [InlineData(Client, 9999)]
    public async Task Does_not_answer_anybody_else(string from, int port) => Assert.Equal("timed out", await ConnectAsync(_others, from, Signer, port));

    [Theory]
    [InlineData(Hsm, 1792, "refused")]
    [InlineData(Hsm, 80, "timed out")]
    [InlineData(Client, 443, "timed out")]
    public async Task Lets_out_only_what_goes_to_the_HSM(string to, int port, string end) => Assert.Equal(end, await ConnectAsync(_signer, Signer, to, port));

    [Fact]
    public async Task Stops_a_client_that_connects_too_often()
    {
        var (_, output) = await CurlAsync(_others, Client, $"http://{Signer}:9000/[1-200]", "--parallel", "--parallel-immediate", "--parallel-max", "200");

        Assert.Contains("curl: (7)", output, StringComparison.Ordinal);
        Assert.Contains("curl: (28)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_it_again_is_no_error() =>
        Assert.Equal((0, ""), await InAsync(_signer, "nft", "-f", Rules));

    [Fact]
    public async Task Nft_complains_of_a_variable_that_is_not_there()
    {
        var broken = Path.GetTempFileName();
        await File.WriteAllTextAsync(broken, Recipes.Read("nftables.conf").Replace("define clients4", "define clientele4", StringComparison.Ordinal));

        var (exitCode, output) = await InAsync(_signer, "nft", "-c", "-f", broken);

        File.Delete(broken);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("clients4", output, StringComparison.Ordinal);
    }

    private static async Task<string> ConnectAsync(string space, string from, string to, int port)
    {
        var (exitCode, output) = await CurlAsync(space, from, $"http://{to}:{port}/");
        return exitCode switch { 7 => "refused", 28 => "timed out", _ => output };
    }

    private static Task<(int ExitCode, string Output)> CurlAsync(string space, string from, string url, params string[] more) =>
        InAsync(space, ["curl", "--silent", "--show-error", "--interface", from, "--connect-timeout", "1", .. more, url]);

    private static Task<(int ExitCode, string Output)> InAsync(string space, params string[] command) =>
        SystemTool.RunAsync("ip", ["netns", "exec", space, .. command]);

    private static Task AddressAsync(string space, string address) => IpAsync("-n", space, "address", "add", $"{address}/24", "dev", "wire");

    private static async Task IpAsync(params string[] arguments) => Assert.Equal((0, ""), await SystemTool.RunAsync("ip", arguments));
}
