using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Tpm;

/// <summary>
/// A signer on hoodi with two keys, sealed under a software TPM of its own by the published binary; its release key lies where <c>init</c>
/// put it.
/// </summary>
public class TpmScene : IAsyncLifetime
{
    protected SignerHome Home { get; private set; } = null!;

    protected SoftwareTpm Tpm => Home.Tpm!;

    protected string ReleaseKey => Path.Combine(Home.Data, "clients", "release.key");

    public virtual async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftwareTpm.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "swtpm is not installed");
        Home = await CreateHomeAsync();
    }

    public ValueTask DisposeAsync()
    {
        Home?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected virtual Task<SignerHome> CreateHomeAsync() => SignerHome.CreateInTpmAsync("hoodi", 2, "--client", "vc");

    /// <summary>Starts the signer, has a vote signed with every key, and stops it.</summary>
    protected async Task AssertSignsAsync()
    {
        await using var signer = await Home.StartAsync();
        using var client = ClientCertificate.Connect(signer, Home.Data, "vc");
        foreach (var key in Home.Keys)
        {
            Assert.Equal(System.Net.HttpStatusCode.OK, (await client.SignAsync(key, Chain.VoteJson())).Status);
        }

        await signer.StopAsync();
    }

    /// <summary>The vault does not open, and this is what is said.</summary>
    protected async Task AssertDoesNotOpenAsync(params string[] words)
    {
        await using var signer = SignerProcess.Launch(Home.Data, Home.Token);
        var report = await signer.HealthWhenAsync(health => health.Text.Contains(words[0], StringComparison.Ordinal));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, report.Status);
        Assert.All(words, word => Assert.Contains(word, report.Text, StringComparison.Ordinal));
    }

    /// <summary>Extends a PCR, as another firmware would; it lasts until the TPM is restarted.</summary>
    protected async Task ExtendAsync(int pcr, char digit = '1') =>
        (await Tpm.ToolAsync("pcrextend", $"{pcr}:sha256={new string(digit, 64)}")).Succeeded();
}
