using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// What a Charon operator has before a ceremony: <c>keymanager check</c>, and a port that is open only while a push would be taken.
/// </summary>
public sealed class ConnectForPushTests(SignerTemplate template)
{
    [Fact]
    public async Task Keystores_are_pushed_through_it_with_the_token_of_the_program_that_pushes()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        await using var connect = ConnectProcess.Launch(
            scene.Signer.Api,
            scene.Home.Data,
            "admin",
            "--for",
            "push",
            "--token-file",
            TokenFile(scene)
        );
        await connect.WaitUntilAsync(open: true);
        using var charon = new HttpClient { BaseAddress = connect.Door };
        var (folder, keys) = scene.NewKeystores(2);
        using var body = new StringContent(KeymanagerScene.Body(folder).ToJsonString(), Encoding.UTF8, "application/json");

        var withoutToken = await charon.ReadAsync("/eth/v1/keystores");
        charon.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(TokenFile(scene)));
        var pushed = await charon.AskAsync(HttpMethod.Post, "/eth/v1/keystores", body);

        Assert.Equal((HttpStatusCode.Unauthorized, "token_not_valid"), (withoutToken.Status, withoutToken.Reason));
        Assert.Equal(["imported", "imported"], KeymanagerScene.Statuses(pushed));
        var held = await scene.ListAsync();
        Assert.All(keys, key => Assert.Contains(key, held));
        Assert.DoesNotContain(await File.ReadAllTextAsync(TokenFile(scene)), connect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_wrong_token_it_never_listens_and_says_why()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        var wrong = scene.Home.Beside("wrong.token");
        await File.WriteAllTextAsync(wrong, "not-the-token");
        await using var connect = ConnectProcess.Launch(scene.Signer.Api, scene.Home.Data, "admin", "--for", "push", "--token-file", wrong);
        await connect.WaitForAsync("not listening on");
        await Task.Delay(1500);

        Assert.False(await connect.IsOpenAsync());
        Assert.Contains("token: the signer answers 401", connect.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-token", connect.Output, StringComparison.Ordinal);

        // Read anew each time: who mends the file need not start it again.
        File.Copy(TokenFile(scene), wrong, overwrite: true);
        await connect.WaitUntilAsync(open: true);
    }

    [Fact]
    public async Task Each_thing_that_would_keep_a_push_from_being_taken_is_told_beforehand()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        var token = TokenFile(scene);
        var other = await OpenSslAuthority.CreateAsync(scene.Home.Beside("other"));
        await other.IssueAsync("admin", "admin");

        var good = (await CheckAsync(scene, "admin", token)).Succeeded();
        Assert.Equal(
            ["reach", "server", "client", "right", "token", "keys", "seal", "rollback-protection", "ledger", "disk"],
            good.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
        );

        Refusal.IsTold(await CheckAsync(scene, "vc", token), "right: the signer answers 403", "manageKeys");
        Refusal.IsTold(await CheckAsync(scene, "admin", scene.Home.Beside("nothing")), "token: cannot read");
        Refusal.IsTold(await CheckAsync(scene, "admin", scene.Home.OptionsFile), "token: the signer answers 401", "--token-file");
        Refusal.IsTold(
            await RunAsync(
                scene.Signer.Api,
                [
                    "--certificate",
                    other.CertificateOf("admin"),
                    "--key",
                    other.KeyOf("admin"),
                    .. ConnectProcess.Files(scene.Home.Data, "admin")[4..],
                ],
                token
            ),
            "client: the signer ended the connection",
            "revoked"
        );
        Refusal.IsTold(
            await RunAsync(scene.Signer.Api, [.. ConnectProcess.Files(scene.Home.Data, "admin")[..5], other.Certificate], token),
            "server: ",
            "--ca"
        );
        Refusal.IsTold(
            await RunAsync(new Uri($"https://127.0.0.2:{scene.Signer.ApiPort}"), ConnectProcess.Files(scene.Home.Data, "admin"), token),
            "reach: ",
            "api.listen"
        );
        Refusal.IsTold(
            await RunAsync(new Uri($"https://ip6-localhost:{scene.Signer.ApiPort}"), ConnectProcess.Files(scene.Home.Data, "admin"), token),
            "a push would fail"
        );
        Refusal.IsTold(
            await RunAsync(
                new Uri($"https://127.0.0.1:{scene.Signer.OperationsPort}"),
                ConnectProcess.Files(scene.Home.Data, "admin"),
                token
            ),
            "answers without TLS",
            "api.listen"
        );
        Refusal.IsTold(
            await RunAsync(scene.Signer.Operations, ConnectProcess.Files(scene.Home.Data, "admin"), token),
            "not the address of a signer's API"
        );

        var json = JsonNode
            .Parse((await RunAsync(scene.Signer.Api, [.. ConnectProcess.Files(scene.Home.Data, "vc"), "--json"], token)).Output)!
            .AsArray();
        Assert.Equal("may_not_manage_keys", json[^1]!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_program_at_the_address_is_told_from_a_signer()
    {
        using var home = template.Copy();
        var authority = await OpenSslAuthority.CreateAsync(home.Beside("authority"));
        await authority.IssueAsync("server", "another", "serverAuth");
        var port = LoopbackPort.Free();
        using var another = Process.Start(
            new ProcessStartInfo(
                "openssl",
                [
                    "s_server",
                    "-accept",
                    $"{port}",
                    "-cert",
                    authority.CertificateOf("server"),
                    "-key",
                    authority.KeyOf("server"),
                    "-www",
                    "-quiet",
                ]
            )
        )!;
        try
        {
            var files = ConnectProcess.Files(home.Data, "admin");
            CommandResult told;
            do
            {
                told = await RunAsync(new Uri($"https://127.0.0.1:{port}"), [.. files[..5], authority.Certificate], home.OptionsFile);
            } while (told.Error.Contains("reach: ", StringComparison.Ordinal));

            Refusal.IsTold(told, "client: the signer answers 200: '", "a signer's API");
        }
        finally
        {
            another.Kill();
            await another.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_vault_that_is_not_open_is_told_beforehand()
    {
        await using var scene = await KeymanagerScene.StartAsync(template);
        await scene.StopAsync();
        File.Move(scene.Home.Token.ConfigurationFile, scene.Home.Token.ConfigurationFile + ".away");
        await scene.ServeUnreadyAsync("opening");

        Refusal.IsTold(await CheckAsync(scene, "admin", TokenFile(scene)), "keys: the signer answers 503", "healthcheck");
        File.Move(scene.Home.Token.ConfigurationFile + ".away", scene.Home.Token.ConfigurationFile);
    }

    [Fact]
    public async Task A_disk_without_room_takes_no_push_and_is_no_reason_not_to_sign()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        using var home = template.Copy();
        home.Configure(options => options["clients"]!["admin"]!["manageKeys"] = true);
        (await home.RunAsync("keymanager", "token")).Succeeded();
        var token = Path.Combine(home.Data, "keymanager.token");

        // Less than the reserve that the ledger wants.
        await using var disk = await SmallDisk.UnderAsync(home.Data, mebibytes: 8);
        await using var signer = await home.StartAsync();
        await using var push = ConnectProcess.Launch(signer.Api, home.Data, "admin", "--for", "push", "--token-file", token);
        await using var sign = ConnectProcess.Launch(signer.Api, home.Data, "vc");

        await sign.WaitUntilAsync(open: true);
        await push.WaitForAsync("not listening on");
        await push.WaitForAsync("disk: disk-check");
        Assert.False(await push.IsOpenAsync());
        Refusal.IsTold(await RunAsync(signer.Api, ConnectProcess.Files(home.Data, "admin"), token), "disk: disk-check", "/healthcheck");
    }

    private static string TokenFile(KeymanagerScene scene) => Path.Combine(scene.Home.Data, "keymanager.token");

    private static Task<CommandResult> CheckAsync(KeymanagerScene scene, string client, string token) =>
        RunAsync(scene.Signer.Api, ConnectProcess.Files(scene.Home.Data, client), token);

    private static Task<CommandResult> RunAsync(Uri signer, string[] files, string token) =>
        SignerProcess.RunAsync(null, ["keymanager", "check", signer.AbsoluteUri, .. files, "--token-file", token]);
}
