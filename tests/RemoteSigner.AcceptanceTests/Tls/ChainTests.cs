using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Clients whose certificates another authority signed than the one at the top: the bundle may have either.</summary>
public sealed class ChainTests(SignerTemplate template) : IAsyncLifetime
{
    private readonly SignerHome _home = template.Copy();
    private OpenSslAuthority _root = null!;
    private OpenSslAuthority _issuing = null!;

    private string ServerAuthority => Path.Combine(_home.Data, "tls", "ca.crt");

    public async ValueTask InitializeAsync()
    {
        _root = await OpenSslAuthority.CreateAsync(_home.Beside("root"));
        _issuing = await OpenSslAuthority.CreateUnderAsync(_home.Beside("issuing"), _root);
        await _issuing.IssueAsync("vc", "vc");
        await _issuing.IssueAsync("server", "vc", purpose: "serverAuth");
    }

    [Fact]
    public async Task With_the_root_in_the_bundle_a_client_sends_what_lies_between_and_is_known_after_a_reload_too()
    {
        await using var signer = await ServeAsync(_root.Certificate);
        using var open = await RawConnection.OpenAsync(signer, Options());

        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync("/upcheck"))!.Status);
        Assert.Equal("200", await AskAsync(signer, _issuing, await _issuing.ChainOfAsync("vc")));
        Assert.Equal("000", await AskAsync(signer, _issuing, _issuing.CertificateOf("vc")));
        Assert.Equal("000", await AskAsync(signer, _issuing, await _issuing.ChainOfAsync("server"), "server"));
        await signer.SignalAsync("HUP");
        Assert.Equal("completed", (await signer.EndOfReloadAsync()).Json.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await open.GetAsync("/upcheck"))!.Status);
    }

    [Fact]
    public async Task The_issuing_authority_alone_in_the_bundle_counts_although_another_one_signed_it()
    {
        await _root.IssueAsync("vc", "vc");
        await using var signer = await ServeAsync(_issuing.Certificate);

        Assert.Equal("200", await AskAsync(signer, _issuing, _issuing.CertificateOf("vc")));
        Assert.Equal("200", await AskAsync(signer, _issuing, await _issuing.ChainOfAsync("vc")));
        Assert.Equal("000", await AskAsync(signer, _issuing, _issuing.CertificateOf("server"), "server"));

        // Not what stands above it.
        Assert.Equal("000", await AskAsync(signer, _root, _root.CertificateOf("vc")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Authorities_that_a_stranger_named_alike_lead_nowhere(bool isRootTrusted)
    {
        var root = await OpenSslAuthority.CreateAsync(_home.Beside("strange-root"));
        var issuing = await OpenSslAuthority.CreateUnderAsync(_home.Beside("strange-issuing"), root);
        await issuing.IssueAsync("vc", "vc");
        await using var signer = await ServeAsync(isRootTrusted ? _root.Certificate : _issuing.Certificate);
        var everything = _home.Beside("everything");
        await File.WriteAllTextAsync(
            everything,
            string.Concat(
                await Task.WhenAll(
                    new[]
                    {
                        issuing.CertificateOf("vc"),
                        issuing.Certificate,
                        root.Certificate,
                        _issuing.Certificate,
                        _root.Certificate,
                    }.Select(path => File.ReadAllTextAsync(path))
                )
            )
        );

        Assert.Equal("000", await AskAsync(signer, issuing, issuing.CertificateOf("vc")));
        Assert.Equal("000", await AskAsync(signer, issuing, await issuing.ChainOfAsync("vc")));
        Assert.Equal("000", await AskAsync(signer, issuing, everything));
    }

    public ValueTask DisposeAsync()
    {
        _home.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<SignerProcess> ServeAsync(string bundle)
    {
        _home.Configure(options => options["tls"]!["clientAuthorities"] = bundle);
        return _home.StartAsync();
    }

    private async Task<string> AskAsync(SignerProcess signer, OpenSslAuthority authority, string certificate, string key = "vc") =>
        (await Curl.UpcheckAsync(signer, ServerAuthority, "--cert", certificate, "--key", authority.KeyOf(key))).Output;

    private SslClientAuthenticationOptions Options()
    {
        var options = ClientCertificate.Options(_home.Data, null);
        options.LocalCertificateSelectionCallback = null;
        options.ClientCertificateContext = SslStreamCertificateContext.Create(
            _issuing.Load("vc"),
            [X509CertificateLoader.LoadCertificateFromFile(_issuing.Certificate)],
            offline: true
        );
        return options;
    }
}
