using System.Net;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Whoever is refused at the door finds the reason in the log, each once.</summary>
public sealed class RefusalLogTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    private string Authority => Path.Combine(_home.Data, "tls", "ca.crt");

    private string[] Client => ["--cert", Path.Combine(_home.Data, "clients", "vc.crt"), "--key", Path.Combine(_home.Data, "clients", "vc.key")];

    [Fact]
    public async Task Each_reason_is_told_once_and_its_repeats_are_counted()
    {
        await using var signer = await _home.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority)).Output);
            Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, [.. Client, "--tls-max", "1.2"])).Output);
        }

        Assert.Equal(1, await CountAsync(signer, "no certificate was presented"));
        Assert.Equal(1, await CountAsync(signer, "it speaks no TLS 1.3, and nothing older is let in: where it cannot, as Teku, set tls.allowTls12 in signer.json"));
        using var operations = new HttpClient { BaseAddress = signer.Operations };

        // In TLS 1.3 a client is done before it is judged.
        for (var attempt = 0; attempt < 100 && !(await operations.GetStringAsync("/metrics")).Contains("remote_signer_clients_refused_total 6\n", StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
        }

        Assert.Contains("remote_signer_clients_refused_total 6\n", await operations.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_older_protocol_is_allowed_it_is_with_forward_secrecy_and_authenticated_encryption_alone()
    {
        _home.Configure(options => options["tls"]!["allowTls12"] = true);
        await using var signer = await _home.StartAsync();

        Assert.Equal("200", await AskAsync("ECDHE-ECDSA-AES128-GCM-SHA256"));
        Assert.Equal("200", await AskAsync("ECDHE-ECDSA-CHACHA20-POLY1305"));
        Assert.Equal("000", await AskAsync("ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"));
        Assert.Equal("000", (await Curl.UpcheckAsync(signer, Authority, [.. Client, "--tls-max", "1.1", "--ciphers", "DEFAULT:@SECLEVEL=0"])).Output);
        Assert.Equal(1, await CountAsync(signer, "it speaks neither TLS 1.3 nor TLS 1.2"));

        async Task<string> AskAsync(string suites) => (await Curl.UpcheckAsync(signer, Authority, [.. Client, "--tls-max", "1.2", "--ciphers", suites])).Output;
    }

    [Fact]
    public async Task A_host_name_that_is_not_allowed_is_told_with_client_and_setting()
    {
        await using var signer = await _home.StartAsync();
        using var open = await RawConnection.OpenAsync(signer, _home.Data, "vc");
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal((HttpStatusCode.Forbidden, "host_not_authorized"), await open.GetAsync("/upcheck", "signer.example:9000") is var answer ? (answer!.Status, answer.Reason) : default);
        }

        Assert.Equal(1, await CountAsync(signer, "refused a request of client 'vc'"));
        Assert.Contains("that was addressed to 'signer.example', which is not in api.hostAllowlist of signer.json", signer.Output, StringComparison.Ordinal);
        using var operations = new HttpClient { BaseAddress = signer.Operations };
        Assert.Contains("remote_signer_hosts_refused_total{setting=\"api.hostAllowlist\"} 3", await operations.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    // The log is written beside the answer.
    private static async Task<int> CountAsync(SignerProcess signer, string line)
    {
        for (var attempt = 0; attempt < 100 && !signer.Output.Contains(line, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
        }

        return signer.Output.Split(line).Length - 1;
    }
}
