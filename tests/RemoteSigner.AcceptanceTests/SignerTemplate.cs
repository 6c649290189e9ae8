using RemoteSigner.Rig;

[assembly: AssemblyFixture(typeof(RemoteSigner.AcceptanceTests.SignerTemplate))]

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// One signer on hoodi that was set up once and never served: four keys, client <c>vc</c> with the everyday duties, <c>admin</c> with all.
/// Scenes work on copies of its data directory, which saves each of them making a key in the token.
/// </summary>
public sealed class SignerTemplate : IAsyncLifetime
{
    private SignerHome? _home;

    /// <summary>The signer itself, only to be looked at; ends the test where there is no token.</summary>
    public SignerHome Original
    {
        get
        {
            Assert.SkipWhen(_home is null, "SoftHSM2 is not installed");
            return _home!;
        }
    }

    /// <summary>A copy to work on; ends the test where there is no token.</summary>
    public SignerHome Copy() => Original.Copy();

    public async ValueTask InitializeAsync()
    {
        if (SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true")
        {
            _home = await SignerHome.CreateAsync("hoodi", 4, "--client", "vc", "--client", "admin=all");
        }
    }

    public ValueTask DisposeAsync()
    {
        _home?.Dispose();
        return ValueTask.CompletedTask;
    }
}
