using System.Net;
using System.Net.Sockets;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// What goes wrong between the console and a signer that runs is told in one line with a hint, and stops neither of the two.
/// </summary>
public sealed class ConsoleFaultsTests(SignerTemplate template) : IDisposable
{
    private readonly SignerHome _home = template.Copy();

    private string Socket => Path.Combine(_home.Data, "control.sock");

    [Theory]
    [InlineData("POST", "/control/v1/slashing/prune?keep=-1", "keep=-1 is not a number")]
    [InlineData("POST", "/control/v1/slashing/prune?keep=99999999999999999999", "is not a number")]
    [InlineData("POST", "/control/v1/audit/export?to=x&through=abc", "through=abc is not a number")]
    [InlineData("POST", "/control/v1/slashing/export?to=x&by=Foo", "by=Foo names no way")]
    [InlineData("POST", "/control/v1/slashing/export?to=x&by=77", "by=77 names no way")]
    [InlineData("POST", "/control/v1/clusters/bind", "there is no order")]
    [InlineData("POST", "/control/v1/tls", "there is no change")]
    [InlineData("GET", "/control/v1/audit?segment=", "is not the path of a file")]
    [InlineData("GET", "/control/v1/audit?segment=%00", "is not the path of a file")]
    [InlineData("GET", "/control/v1/audit?segment=/tmp/%00", "is not the path of a file")]
    public async Task A_question_that_no_console_would_ask_is_refused_with_a_reason(string method, string question, string told)
    {
        await using var signer = await _home.StartAsync();
        using var console = UnixSocket.Connect(Socket);
        using var request = new HttpRequestMessage(new HttpMethod(method), question);
        if (question.EndsWith("bind", StringComparison.Ordinal) || question.EndsWith("tls", StringComparison.Ordinal))
        {
            request.Content = new StringContent("null", Encoding.UTF8, "application/json");
        }

        using var answer = await console.SendAsync(request);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(told, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", signer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_place_of_a_file_is_not_waited_for()
    {
        await using var signer = await _home.StartAsync();
        var pipe = _home.Beside("pipe");
        (await CommandResult.OfAsync("mkfifo", [pipe])).Succeeded();
        var node = Directory.CreateDirectory(_home.Beside("node")).FullName;
        (await CommandResult.OfAsync("mkfifo", [Path.Combine(node, "cluster-lock.json")])).Succeeded();

        Refusal.IsTold(
            await _home.RunAsync("audit", "verify", "--segment", pipe),
            "is no regular file",
            "write what it should read into one"
        );
        Refusal.IsTold(await _home.RunAsync("audit", "verify", "--segment", "/dev/zero"), "is no regular file");
        Refusal.IsTold(await _home.RunAsync("cluster", "bind", "--node", node), "is no regular file");
        Assert.Contains("true", (await _home.RunAsync("audit", "verify", "--json")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_never_ends_does_not_hold_up_the_stop()
    {
        await using var signer = await _home.StartAsync();
        using var console = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await console.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
        await console.SendAsync(
            Encoding.ASCII.GetBytes(
                "POST /control/v1/clusters HTTP/1.1\r\nHost: signer\r\nContent-Type: "
                    + "application/json\r\nContent-Length: 4000\r\n\r\n{\"lock\":"
            )
        );
        await Task.Delay(500);

        await signer.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(0, signer.ExitCode);
    }

    [Fact]
    public async Task A_folder_where_the_socket_belongs_is_told_before_the_start_is_counted()
    {
        await using (await _home.StartAsync()) { }

        Directory.CreateDirectory(Socket);
        var before = (await _home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output;
        Refusal.IsTold(
            await _home.RunAsync(
                "serve",
                "--listen",
                $"127.0.0.1:{LoopbackPort.Free()}",
                "--operations",
                $"127.0.0.1:{LoopbackPort.Free()}"
            ),
            "something else is there",
            "move away what is there"
        );
        Assert.Equal(before, (await _home.RunAsync("rollback-protection", "status", "--json")).Succeeded().Output);
    }

    [Fact]
    public async Task The_same_folder_by_a_path_that_is_too_long_for_a_socket_is_told_so()
    {
        await using var signer = await _home.StartAsync();
        var longer = _home.Beside(new string('l', 120));
        File.CreateSymbolicLink(longer, _home.Data);

        Refusal.IsTold(await SignerProcess.RunAsync(_home.Token, "slashing", "status", "--data", longer), "too many bytes", "shorter path");
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"validators\"",
        "did not answer to the end"
    )]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull", "cannot be understood")]
    [InlineData("HTTP/1.1 409 Conflict\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope", "cannot be understood")]
    [InlineData("HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nnope", "answered 500: nope")]
    [InlineData("SSH-2.0-something\r\n", "did not answer to the end")]
    public async Task What_answers_in_place_of_the_signer_is_not_believed(string answer, string told)
    {
        File.Delete(Socket);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(Socket));
        other.Listen();
        var asked = _home.RunAsync("slashing", "status");
        using (var probe = await other.AcceptAsync())
        using (var connection = await other.AcceptAsync())
        {
            _ = await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync(Encoding.ASCII.GetBytes(answer));
        }

        var result = await asked;
        Refusal.IsTold(result, told);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit", "verify", "--segment", "")]
    [InlineData("slashing", "import", "")]
    [InlineData("cluster", "verify", "")]
    [InlineData("keys", "import", "--never-signed", "--keystores", "")]
    [InlineData("audit", "export", "")]
    public async Task An_empty_path_is_told(params string[] verb) => Refusal.IsTold(await _home.RunAsync(verb), "");

    [Fact]
    public async Task A_socket_of_another_kind_is_told()
    {
        File.Delete(Socket);
        using var other = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(Socket));

        Refusal.IsTold(await _home.RunAsync("slashing", "status"), "is not the control socket of a signer", "look what is there");
    }

    [Fact]
    public async Task A_foreign_users_socket_is_told_nothing()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can run a program as somebody else");
        var folder = Directory.CreateTempSubdirectory("remote-signer-foreign-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var there = Path.Combine(folder, "c.sock");
        using var socat = System.Diagnostics.Process.Start(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "socat", $"UNIX-LISTEN:{there},fork", "OPEN:/dev/null"]
        )!;
        try
        {
            for (var wait = 0; wait < 200 && !File.Exists(there); wait++)
            {
                await Task.Delay(25);
            }

            File.Delete(Socket);
            File.CreateSymbolicLink(Socket, there);
            Refusal.IsTold(await _home.RunAsync("slashing", "status"), "user 65534 answers", "stop that program");
        }
        finally
        {
            socat.Kill();
            await socat.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _home.Dispose();
}
