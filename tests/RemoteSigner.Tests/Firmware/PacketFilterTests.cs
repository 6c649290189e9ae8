namespace RemoteSigner.Tests.Firmware;

public sealed class PacketFilterTests : IClassFixture<SignerNetwork>
{
    // Exit codes of curl: a reset came back, or nothing did.
    internal const int Refused = 7;
    private const int TimedOut = 28;

    private readonly SignerNetwork _network;

    public PacketFilterTests(SignerNetwork network)
    {
        SystemTool.Unless(SystemTool.FirstMissing(SignerNetwork.Tools) is null, "ip, nft or curl is not installed");
        Assert.SkipUnless(network.Missing is null, network.Missing ?? "");
        _network = network;
    }

    [Theory]
    [InlineData(SignerNetwork.Client, SignerNetwork.Signer, "9000")]
    [InlineData(SignerNetwork.Monitoring, SignerNetwork.Signer, "9001")]
    [InlineData(SignerNetwork.Administrator, SignerNetwork.Signer, "22")]
    [InlineData(SignerNetwork.Client6, SignerNetwork.Signer6, "9000")]
    [InlineData(SignerNetwork.Monitoring6, SignerNetwork.Signer6, "9001")]
    public Task Lets_in_whom_it_names(string from, string to, string port) => EndsAsync(Refused, from, to, port);

    [Theory]
    [Trait("Speed", "slow")]
    [InlineData(SignerNetwork.Stranger, SignerNetwork.Signer, "9000")]
    [InlineData(SignerNetwork.Stranger, SignerNetwork.Signer, "22")]
    [InlineData(SignerNetwork.Client, SignerNetwork.Signer, "9001")]
    [InlineData(SignerNetwork.Client, SignerNetwork.Signer, "22")]
    [InlineData(SignerNetwork.Client, SignerNetwork.Signer, "9999")]
    [InlineData(SignerNetwork.Monitoring, SignerNetwork.Signer, "9000")]
    [InlineData(SignerNetwork.Administrator, SignerNetwork.Signer, "9000")]
    [InlineData(SignerNetwork.Stranger6, SignerNetwork.Signer6, "9000")]
    [InlineData(SignerNetwork.Client6, SignerNetwork.Signer6, "9001")]
    public Task Does_not_answer_anybody_else(string from, string to, string port) => EndsAsync(TimedOut, from, to, port);

    [Theory]
    [InlineData(SignerNetwork.Signer, SignerNetwork.Hsm, "1792")]
    [InlineData(SignerNetwork.Signer6, SignerNetwork.Hsm6, "1792")]
    public Task Lets_out_what_goes_to_the_HSM(string from, string to, string port) => EndsAsync(Refused, from, to, port);

    [Theory]
    [InlineData(SignerNetwork.Signer, SignerNetwork.Hsm, "80")]
    [InlineData(SignerNetwork.Signer, SignerNetwork.Client, "443")]
    [InlineData(SignerNetwork.Signer6, SignerNetwork.Client6, "443")]
    public Task Keeps_in_everything_else(string from, string to, string port) => EndsAsync(TimedOut, from, to, port);

    [Fact]
    public async Task Stops_a_client_that_connects_too_often()
    {
        var (_, output) = await _network.ConnectAsync(
            SignerNetwork.EagerClient,
            SignerNetwork.Signer,
            "9000/[1-300]",
            1,
            "--parallel",
            "--parallel-immediate",
            "--parallel-max",
            "300"
        );

        Assert.Contains($"curl: ({Refused})", output, StringComparison.Ordinal);
        Assert.Contains($"curl: ({TimedOut})", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_it_again_is_no_error() =>
        Assert.Equal((0, ""), await _network.AtSignerAsync("nft", "-f", SignerNetwork.Rules));

    [Fact]
    public async Task Nft_complains_of_a_variable_that_is_not_there()
    {
        var broken = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            broken,
            Recipes.Read("nftables.conf").Replace("define clients4", "define clientele4", StringComparison.Ordinal)
        );

        var (exitCode, output) = await _network.AtSignerAsync("nft", "-c", "-f", broken);

        File.Delete(broken);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("clients4", output, StringComparison.Ordinal);
    }

    // An answer may take its time on a busy machine; silence need not be waited for so long.
    private async Task EndsAsync(int exitCode, string from, string to, string port)
    {
        var (actual, output) = await _network.ConnectAsync(from, to, port, exitCode == Refused ? 5 : 0.5);

        Assert.True(actual == exitCode, $"{from} to {to} port {port}: {output}");
    }
}
