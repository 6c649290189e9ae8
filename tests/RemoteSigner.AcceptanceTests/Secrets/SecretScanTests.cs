using System.Diagnostics;
using System.Net;
using System.Text;
using RemoteSigner.Clusters.Ssv;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests.Secrets;

/// <summary>
/// After imports and a thousand signatures, no share, keystore password, PIN or SSV operator's key is in the data directory, in what was
/// printed, in a core dump that root takes, or in any memory of the process that root can read. The token is in the same process: SoftHSM2
/// keeps nothing either.
/// </summary>
public sealed class SecretScanTests(ITestOutputHelper output)
{
    private const ulong SignaturesOfEachKey = 250;

    // A debugger may take what .NET only reserved for memory to be dumped: it is not to fill the disk.
    private static readonly string[] Limited = ["prlimit", $"--fsize={4L << 30}", "--"];

    [Fact]
    public async Task No_share_password_or_PIN_is_in_files_output_core_dumps_or_memory()
    {
        var isCi = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.SkipUnless(isCi || (SoftToken.IsAvailable && File.Exists("/usr/bin/gcore")), "softhsm2 and gdb are not both installed");
        Assert.SkipUnless(isCi || Environment.IsPrivilegedProcess, "only root may read the memory of a signer");
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

        await ImportUnderDebuggerAsync(scene, "keys", "import", "--keystores", scene.Keystores, "--never-signed");
        await ImportUnderDebuggerAsync(scene, "operator", "import", "--key", scene.OperatorKeyFile);
        await ImportUnderDebuggerAsync(scene, ["cluster", "import", "--ssv", SsvScene.Keyshares, "--never-signed", .. SsvScene.Stated]);
        await SignAndScanAsync(scene);

        Expect(scene, "the data directory", scan => scan.Folder(scene.Data));
        AssertClean(scene, "everything printed", scan => scan.Text("output", scene.Printed));
    }

    /// <summary>
    /// Core dumps of the import while it seals the shares (the vault is renamed into place) and when it has done everything but end.
    /// </summary>
    private async Task ImportUnderDebuggerAsync(SecretScene scene, params string[] verb)
    {
        string sealing = Path.Combine(scene.Folder, "sealing.core"),
            ending = Path.Combine(scene.Folder, "ending.core");
        string[] gdb =
        [
            .. Limited,
            "gdb",
            "-nx",
            "-batch",
            "-return-child-result",
            .. Steps(
                "set debuginfod enabled off",
                "handle all nostop noprint pass",
                "catch syscall rename",
                "run",
                $"gcore {sealing}",
                "delete",
                "catch syscall exit_group",
                "continue",
                $"gcore {ending}",
                "delete",
                "continue"
            ),
            "--args",
        ];
        await scene.RunAsync(gdb, verb);
        Expect(scene, "the import's core dump while it seals", scan => scan.File(sealing));
        Expect(scene, "the import's core dump at its end", scan => scan.File(ending));
        File.Delete(sealing);
        File.Delete(ending);

        static IEnumerable<string> Steps(params string[] commands) => commands.SelectMany(command => new[] { "-ex", command });
    }

    private async Task SignAndScanAsync(SecretScene scene)
    {
        scene.AllowSsv();
        await using var signer = await SignerProcess.StartAsync(scene.Data, scene.Token);
        await SignAsync(scene, signer);
        Assert.Contains(File.ReadLines($"/proc/{signer.Id}/maps"), mapping => mapping.Contains("secretmem", StringComparison.Ordinal));
        var memory = Expect(scene, "the server's memory", scan => scan.Memory(signer.Id));
        Assert.All(memory.Refused, name =>
            Assert.True(
                name.Contains("secretmem", StringComparison.Ordinal) || name.StartsWith("[v", StringComparison.Ordinal),
                $"{name} was not read"
            )
        );
        Expect(scene, "the server's core dump", scan => scan.File(DumpCore(scene, signer.Id)));
        await signer.StopAsync();
        scene.Print(signer.Output);
    }

    private static async Task SignAsync(SecretScene scene, SignerProcess signer)
    {
        using var client = ClientCertificate.Connect(signer, scene.Data, SecretScene.Client);
        await Task.WhenAll(
            scene.Keys.Select(async key =>
            {
                for (var epoch = 1ul; epoch <= SignaturesOfEachKey; epoch++)
                {
                    var vote = AttestationRequest.Message(scene.Network.GenesisValidatorsRoot!.Value, epoch - 1, epoch, epoch * 32, 1);
                    Assert.Equal(HttpStatusCode.OK, (await client.SignAsync(key, AttestationRequest.Json(vote))).Status);
                }
            })
        );
        await SignTogetherAsync(scene, client);
        await SignMessageAsync(client);
    }

    // All keys over one root, which is computed in another way than one signature alone.
    private static async Task SignTogetherAsync(SecretScene scene, HttpClient client)
    {
        var keys = string.Join(',', scene.Keys.Select(key => $"\"{key}\""));
        await Parallel.ForEachAsync(Enumerable.Range(1, 200), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var epoch = SignaturesOfEachKey + (ulong)i;
            var vote = AttestationRequest.Message(scene.Network.GenesisValidatorsRoot!.Value, SignaturesOfEachKey, epoch, epoch * 32, 1);
            using var body = new StringContent(
                $$"""{"identifiers":[{{keys}}],"signing_request":{{AttestationRequest.Json(vote)}}}""",
                Encoding.UTF8,
                "application/json"
            );
            var answer = await client.AskAsync(HttpMethod.Post, "/api/v1/eth2/sign", body);
            Assert.True(
                answer.Status == HttpStatusCode.OK
                    && answer.Json.EnumerateArray().All(result => result.TryGetProperty("signature", out var _)),
                answer.Text
            );
        });
    }

    private static async Task SignMessageAsync(HttpClient node)
    {
        var message = SsvMessages.Consensus(SsvMessages.Identifier(new SsvDomain(0x503), SsvRole.Proposer, SsvScene.GroupKey));

        // By turns and at once: every thread that has worked with the key is one whose registers a dump shows.
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellation) =>
        {
            using var answer = await node.PostAsync(
                new Uri("/v1/operator/sign", UriKind.Relative),
                new ByteArrayContent(message),
                cancellation
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        });
    }

    private static string DumpCore(SecretScene scene, int process)
    {
        var prefix = Path.Combine(scene.Folder, "server.core");
        using var gcore = Process.Start(
            new ProcessStartInfo(Limited[0], [.. Limited[1..], "gcore", "-o", prefix, $"{process}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        gcore.ErrorDataReceived += (_, _) => { };
        gcore.BeginErrorReadLine();
        var printed = gcore.StandardOutput.ReadToEnd();
        gcore.WaitForExit();
        Assert.True(gcore.ExitCode == 0, printed);
        return $"{prefix}.{process}";
    }

    /// <summary>No secret is there, and the public keys are.</summary>
    private SecretScan Expect(SecretScene scene, string place, Func<SecretScan, SecretScan> look)
    {
        Assert.NotEmpty(look(new SecretScan(scene.Controls())).Found);
        return AssertClean(scene, place, look);
    }

    private SecretScan AssertClean(SecretScene scene, string place, Func<SecretScan, SecretScan> look)
    {
        var scan = look(new SecretScan(scene.Secrets));
        output.WriteLine(
            $"{place}: {scan.BytesRead:N0} bytes read for {scene.Secrets.Count} patterns, "
                + $"{scan.Found.Count} found; not shown by the kernel: {string.Join(", ", scan.Refused)}"
        );
        Assert.True(scan.Found.Count == 0, string.Join("; ", scan.Found));
        return scan;
    }
}
