using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>
/// After a push through the Keymanager API no share is in any memory of the signer that root can read, and neither share nor password in
/// its files and output. A password may linger in a buffer of the TLS layer, which is not this program's to clear, so that memory is not
/// searched for it.
/// </summary>
public sealed class PushedSecretsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_share_is_in_memory_and_no_share_or_password_in_files_or_output()
    {
        var isCi = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.SkipUnless(
            isCi || (SoftToken.IsAvailable && Environment.IsPrivilegedProcess),
            "softhsm2 is not installed, or this is not root, who alone may read the memory of a signer"
        );
        using var scene = new SecretScene();
        await scene.RunAsync(
            [],
            "init",
            "--network",
            scene.Network.Name,
            "--no-slot-window",
            "--seal",
            "softhsm2",
            "--anchor-on-host",
            "--pin-file",
            scene.Token.PinFile,
            "--client",
            SecretScene.Client
        );
        await scene.RunAsync([], "keymanager", "token");
        var options = Path.Combine(scene.Data, "signer.json");
        await File.WriteAllTextAsync(
            options,
            (await File.ReadAllTextAsync(options)).Replace(
                $"\"{SecretScene.Client}\": {{ ",
                $"\"{SecretScene.Client}\": {{ \"manageKeys\": true, ",
                StringComparison.Ordinal
            )
        );
        await using (var signer = await SignerProcess.StartAsync(scene.Data, scene.Token))
        {
            await PushAsync(scene, signer);
            Expect(scene, "the server's memory", scene.Shares, scan => scan.Memory(signer.Id));
            await signer.StopAsync();
            scene.Print(signer.Output);
        }

        Expect(scene, "the data directory", scene.Secrets, scan => scan.Folder(scene.Data));
        Assert.Empty(new SecretScan(scene.Secrets).Text("output", scene.Printed).Found);
    }

    private static async Task PushAsync(SecretScene scene, SignerProcess signer)
    {
        using var client = ClientCertificate.Connect(signer, scene.Data, SecretScene.Client);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await File.ReadAllTextAsync(Path.Combine(scene.Data, "keymanager.token"))
        );
        using var content = new StringContent(KeymanagerScene.Body(scene.Keystores).ToJsonString(), Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await client.AskAsync(HttpMethod.Post, "/eth/v1/keystores", content)).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(scene.Keys[0], Chain.RandaoJson())).Status);
    }

    /// <summary>No secret is there, and the public keys are.</summary>
    private void Expect(SecretScene scene, string place, SecretPatterns secrets, Func<SecretScan, SecretScan> look)
    {
        Assert.NotEmpty(look(new SecretScan(scene.Controls())).Found);
        var scan = look(new SecretScan(secrets));
        output.WriteLine($"{place}: {scan.BytesRead:N0} bytes read for {secrets.Count} patterns, {scan.Found.Count} found");
        Assert.Empty(scan.Found);
    }
}
