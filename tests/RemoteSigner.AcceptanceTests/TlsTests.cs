using System.Net;
using System.Net.Sockets;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Who gets through the handshake, tried with curl and openssl.</summary>
public sealed class TlsTests(TlsScene scene) : IClassFixture<TlsScene>
{
    [Theory]
    [InlineData("vc")]
    [InlineData("known")]
    public async Task A_client_that_an_authority_or_the_file_vouches_for_is_let_in(string name)
    {
        var answer = await Curl.UpcheckAsync(scene.Signer, scene.ServerAuthority, scene.CertificateOf(name));

        Assert.Equal("200", answer.Output);
        Assert.Equal(0, answer.ExitCode);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("early")]
    [InlineData("revoked")]
    [InlineData("server")]
    public async Task A_client_whose_certificate_is_no_good_is_refused_in_the_handshake(string name) =>
        AssertHandshakeFailed(await Curl.UpcheckAsync(scene.Signer, scene.ServerAuthority, scene.CertificateOf(name)));

    [Fact]
    public async Task A_client_of_another_authority_is_refused_in_the_handshake() =>
        AssertHandshakeFailed(
            await Curl.UpcheckAsync(
                scene.Signer,
                scene.ServerAuthority,
                "--cert",
                scene.Stranger.CertificateOf("vc"),
                "--key",
                scene.Stranger.KeyOf("vc")
            )
        );

    [Fact]
    public async Task A_client_without_a_certificate_is_refused_in_the_handshake() =>
        AssertHandshakeFailed(await Curl.UpcheckAsync(scene.Signer, scene.ServerAuthority));

    [Fact]
    public async Task Plain_HTTP_on_the_TLS_port_gets_no_answer()
    {
        using var socket = new TcpClient("127.0.0.1", scene.Signer.ApiPort);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /upcheck HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);

        string answer;
        try
        {
            answer = await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // A reset connection is no answer either.
            answer = "";
        }

        Assert.DoesNotContain("HTTP", answer);
    }

    [Fact]
    public async Task The_older_protocol_is_refused_unless_allowed() =>
        AssertHandshakeFailed(
            await Curl.UpcheckAsync(scene.Signer, scene.ServerAuthority, [.. scene.CertificateOf("vc"), "--tls-max", "1.2"])
        );

    [Fact]
    public async Task OpenSSL_sees_the_newest_protocol_and_a_chain_it_can_verify()
    {
        var result = await CommandResult.OfAsync(
            "openssl",
            [
                "s_client",
                "-connect",
                $"127.0.0.1:{scene.Signer.ApiPort}",
                "-CAfile",
                scene.ServerAuthority,
                "-verify_return_error",
                "-verify_ip",
                "127.0.0.1",
                "-cert",
                scene.Authority.CertificateOf("vc"),
                "-key",
                scene.Authority.KeyOf("vc"),
            ],
            "GET /upcheck HTTP/1.0\r\nHost: localhost\r\n\r\n"
        );

        Assert.Contains("TLSv1.3", result.Output);
        Assert.Contains("Verify return code: 0 (ok)", result.Output);
    }

    [Fact]
    public async Task Refused_clients_are_in_the_audit_log()
    {
        await Curl.UpcheckAsync(scene.Signer, scene.ServerAuthority, scene.CertificateOf("revoked"));

        Assert.Contains("revoked", await LogWithAsync("is revoked"));
    }

    [Fact]
    public async Task The_certificate_that_was_read_last_judges_also_the_connections_that_are_open()
    {
        using var vc = scene.Authority.Load("vc");
        await scene.Authority.IssueAsync("leaver", "vc");
        using var leaver = scene.Authority.Load("leaver");
        using var stays = await RawConnection.OpenAsync(scene.Signer, ClientCertificate.Options(scene.Home.Data, vc));
        using var leaves = await RawConnection.OpenAsync(scene.Signer, ClientCertificate.Options(scene.Home.Data, leaver));
        Assert.Equal(HttpStatusCode.OK, (await leaves.GetAsync("/upcheck"))!.Status);
        Assert.Equal(HttpStatusCode.OK, (await stays.GetAsync("/upcheck"))!.Status);

        await scene.Authority.RevokeAsync("leaver");
        Assert.Equal("completed", (await scene.HangUpAsync()).Json.GetProperty("status").GetString());

        Assert.Equal(HttpStatusCode.Forbidden, (await leaves.GetAsync("/api/v1/eth2/publicKeys"))!.Status);
        Assert.Equal(HttpStatusCode.OK, (await stays.GetAsync("/api/v1/eth2/publicKeys"))!.Status);
        AssertHandshakeFailed(await Curl.UpcheckAsync(scene.Signer, scene.ServerAuthority, scene.CertificateOf("leaver")));
    }

    private async Task<string> LogWithAsync(string text)
    {
        for (var attempt = 0; attempt < 100 && !scene.Signer.Output.Contains(text, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
        }

        return scene.Signer.Output;
    }

    // In TLS 1.3 a client hears of its refusal after its own part of the handshake is done: while it reads (56), writes (55) or waits for
    // the answer (18).
    private static void AssertHandshakeFailed(CommandResult result)
    {
        Assert.Contains(result.ExitCode, (int[])[35, 56, 55, 18]);
        Assert.Equal("000", result.Output);
    }
}
