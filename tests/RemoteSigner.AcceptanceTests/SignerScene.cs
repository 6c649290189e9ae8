using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// A signer on hoodi with four keys, served by the published binary: client <c>vc</c> has the everyday duties, <c>admin</c> all.
/// </summary>
public class SignerScene(SignerTemplate template) : IAsyncLifetime
{
    public Network Network => Chain.Network;

    public SignerHome Home { get; private set; } = null!;

    public SignerProcess Signer { get; private set; } = null!;

    public IReadOnlyList<BlsPublicKey> Keys => Home.Keys;

    /// <summary>HTTP as <c>vc</c>.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>HTTP as <c>admin</c>.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>HTTP to the operations listener.</summary>
    public HttpClient Operations { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Home = template.Copy();
        await PrepareAsync(Home);
        Signer = await Home.StartAsync(Arguments);
        Client = Connect("vc");
        Admin = Connect("admin");
        Operations = new HttpClient { BaseAddress = Signer.Operations };
    }

    public HttpClient Connect(string client) => ClientCertificate.Connect(Signer, Home.Data, client);

    /// <summary>SIGHUP, and wait for the end of the reload that follows; its report.</summary>
    public async Task<ApiAnswer> HangUpAsync()
    {
        await Signer.SignalAsync("HUP");
        return await Signer.EndOfReloadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Admin?.Dispose();
        Operations?.Dispose();
        if (Signer is not null)
        {
            await Signer.DisposeAsync();
        }

        Home?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Arguments of <c>serve</c>.</summary>
    protected virtual string[] Arguments => [];

    /// <summary>What is changed in the data directory before it is served.</summary>
    protected virtual Task PrepareAsync(SignerHome home) => Task.CompletedTask;
}
