using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>Whose folder it is, and who may write there.</summary>
public sealed class FolderOwnerTests(SignerTemplate template) : IDisposable
{
    private const string Another = "65534";

    private readonly SignerHome _home = template.Copy();

    [Fact]
    public async Task Verbs_refuse_the_folder_of_another_user_and_leave_it_as_it_is()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give a folder away");
        (await CommandResult.OfAsync("chown", ["-R", Another, _home.Data])).Succeeded();
        var before = await OwnersAsync();

        foreach (
            var verb in (string[][])
                [
                    ["keymanager", "token"],
                    ["keys", "list"],
                    ["keys", "import", "--keystores", _home.Keystores, "--never-signed"],
                    ["slashing", "status"],
                    ["seal", "status"],
                    ["tls", "issue", "teku"],
                    ["serve"],
                ]
        )
        {
            Refusal.IsTold(
                await _home.RunAsync(verb),
                "belongs to the user nobody, and this command runs as root",
                "sudo -u nobody remote-signer"
            );
        }

        Assert.Equal(before, await OwnersAsync());
    }

    [Fact]
    public async Task A_signer_that_runs_as_another_user_answers_root_and_root_writes_nothing_beside_it()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give a folder away");
        File.Copy(_home.Token.PinFile, _home.Beside("pin"));
        _home.Configure(options => options["seal"]!["pin"]!["file"] = _home.Beside("pin"));
        (await CommandResult.OfAsync("chown", ["-R", Another, _home.Folder])).Succeeded();
        await using var signer = SignerProcess.LaunchUnder(["setpriv", "--reuid", Another, "--clear-groups"], _home.Data, _home.Token);
        await signer.WaitUntilReadyAsync();

        (await _home.RunAsync("slashing", "status")).Succeeded();
        Refusal.IsTold(await _home.RunAsync("tls", "issue", "teku"), "belongs to the user nobody", "sudo -u nobody");

        Assert.DoesNotContain("root ", await OwnersAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "770")]
    [InlineData("", "707")]
    [InlineData("tls", "722")]
    public async Task A_folder_in_which_others_may_write_is_not_served(string folder, string mode)
    {
        var path = Path.Combine(_home.Data, folder);
        (await CommandResult.OfAsync("chmod", [mode, path])).Succeeded();

        Refusal.IsTold(await _home.RunAsync("serve"), "others than its owner may write in", "chmod go-w");
    }

    [Fact]
    public async Task Nothing_is_made_in_a_folder_in_which_others_may_write()
    {
        using var home = SignerHome.Empty(_home.Token);
        Directory.CreateDirectory(home.Data);
        (await CommandResult.OfAsync("chmod", ["777", home.Data])).Succeeded();

        Refusal.IsTold(await home.InitAsync("hoodi"), "others than its owner may write in", "chmod go-w");

        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Data));
    }

    [Fact]
    public async Task A_leftover_of_a_crash_gives_its_mode_and_its_link_to_nobody()
    {
        var token = Path.Combine(_home.Data, "keymanager.token");
        await File.WriteAllTextAsync(token + ".new", "left");
        (await CommandResult.OfAsync("chmod", ["666", token + ".new"])).Succeeded();
        (await _home.RunAsync("keymanager", "token")).Succeeded();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(token));

        var precious = _home.Beside("precious");
        await File.WriteAllTextAsync(precious, "as it was");
        File.CreateSymbolicLink(token + ".new", precious);
        (await _home.RunAsync("keymanager", "token")).Succeeded();
        Assert.Equal("as it was", await File.ReadAllTextAsync(precious));
        Assert.Null(new FileInfo(token).LinkTarget);
    }

    [Fact]
    public async Task A_host_that_init_was_given_is_in_the_certificate_and_in_the_allow_list()
    {
        using var home = SignerHome.Empty(_home.Token);
        (
            await home.InitAsync("hoodi", "--client", "vc", "--host", "signer", "--host", "192.0.2.7", "--rollback-protection", "none")
        ).Succeeded();

        var options = JsonNode.Parse(
            await File.ReadAllTextAsync(home.OptionsFile),
            documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip }
        )!;
        Assert.Equal(
            ["localhost", "127.0.0.1", "signer", "192.0.2.7"],
            options["api"]!["hostAllowlist"]!.AsArray().Select(host => host!.GetValue<string>())
        );
        var names = await CommandResult.OfAsync(
            "openssl",
            ["x509", "-in", Path.Combine(home.Data, "tls", "server.crt"), "-noout", "-ext", "subjectAltName"]
        );
        Assert.Contains("DNS:signer", names.Output);
        Assert.Contains("IP Address:192.0.2.7", names.Output);
    }

    public void Dispose() => _home.Dispose();

    private async Task<string> OwnersAsync() =>
        (await CommandResult.OfAsync("find", [_home.Data, "-printf", "%u %m %p\n"])).Succeeded().Output;
}
