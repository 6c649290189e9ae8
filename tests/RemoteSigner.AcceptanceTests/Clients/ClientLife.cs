using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using RemoteSigner.Rig;

namespace RemoteSigner.AcceptanceTests;

/// <summary>
/// One life of a signer, walked through once, with every client at it all the while: through a certificate of its own, a loopback listener
/// or <c>connect</c>, and by its own runtime where that is at hand. The verdicts of all stand in <c>artifacts/clients/conformance.txt</c>
/// afterwards.
/// </summary>
public sealed class ClientLife : IAsyncLifetime
{
    private const string Password = "changeit";
    private static readonly string[] _doors = ["nimbus", "lodestar"];
    private static readonly string[] _certified = ["teku", "lighthouse", "grandine", "ssv", "curl", "prysm", "vero", "charon"];

    // The two forks of hoodi that changed what clients send or by which version.
    private static readonly ulong[] _boundaries = [2048, 50688];

    private readonly Dictionary<(string Client, SignerState State), ClientVerdict> _verdicts = [];
    private readonly List<IAsyncDisposable> _toEnd = [];
    private readonly List<ConnectProcess> _connects = [];
    private readonly int _port = LoopbackPort.Free();
    private Dictionary<string, int> _doorPorts = [];
    private List<ClientRun> _runs = [];
    private CharonRun _charon = null!;
    private SignerHome _home = null!;
    private SignerProcess _signer = null!;

    /// <summary>Why there is nothing to judge, or null.</summary>
    internal string? Missing { get; private set; }

    /// <summary>Null where the client's runtime is not on this machine.</summary>
    internal ClientVerdict? Of(string client, SignerState state) => _verdicts.GetValueOrDefault((client, state));

    internal string Table =>
        string.Join(
            '\n',
            _verdicts
                .GroupBy(row => row.Key.State)
                .SelectMany(state =>
                    (string[])
                        [
                            $"{state.Key}",
                            .. state.Select(row =>
                                $"  {row.Key.Client, -11} {(row.Value.Faults.Count == 0 ? "ok  " : "FAIL")} "
                                + $"{row.Value.Words}{string.Concat(row.Value.Faults.Select(fault => $"; {fault}"))}"
                            ),
                        ]
                )
        )
        + "\n\n"
        + string.Join('\n', ClientFixture.All.Select(client => $"{client.Name}, {client.Version}: {client.Source}"))
        + "\n";

    private Uri Api => new($"https://127.0.0.1:{_port}");

    public async ValueTask InitializeAsync()
    {
        Missing = SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true" ? null : "SoftHSM2 is not installed";
        if (Missing is not null)
        {
            return;
        }

        await PrepareAsync();
        await WalkAsync();
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "clients")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "conformance.txt"), Table);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _toEnd)
        {
            await end.DisposeAsync();
        }

        if (_signer is not null)
        {
            await _signer.DisposeAsync();
        }

        _home?.Dispose();
    }

    // The slot window is off: the duties of old forks are signed as if it were then.
    private async Task PrepareAsync()
    {
        using var ssv = new SsvScene();
        _home = await SignerHome.CreateAsync(
            "hoodi",
            4,
            ["--no-slot-window", .. _doors.Concat(_certified).SelectMany(name => (string[])["--client", name])]
        );
        (await _home.RunAsync("operator", "import", "--key", ssv.KeyFile)).Succeeded();
        (await _home.RunAsync(["cluster", "add-lock", SsvScene.Keyshares, .. SsvScene.Stated])).Succeeded();
        (await _home.RunAsync("keymanager", "token")).Succeeded();
        _home.Configure(options =>
        {
            options["tls"]!["allowTls12"] = true;
            options["clients"]!["ssv"]!["ssv"] = new JsonArray("all");
            options["clients"]!["charon"]!["manageKeys"] = true;
        });
        _doorPorts = _doors.ToDictionary(name => name, _ => LoopbackPort.Free());
        var keys = _home.Keys.Select(key => key.ToString()).ToHashSet();
        foreach (var client in ClientFixture.All)
        {
            if (await ConnectAsync(client.Name) is { } line)
            {
                _toEnd.Add(line);
                _runs.Add(
                    new ClientRun(client, line, client.Name == "SSV node" ? new HashSet<string> { SsvScene.ShareKey.ToString() } : keys)
                );
            }
        }

        var connect = ConnectProcess.Launch(
            Api,
            _home.Data,
            "charon",
            "--for",
            "push",
            "--token-file",
            Path.Combine(_home.Data, "keymanager.token")
        );
        _toEnd.Add(connect);
        _charon = new CharonRun(connect, _home);
    }

    private async Task<ClientLine?> ConnectAsync(string client)
    {
        string Script(string name) => Path.Combine(Repository.Root, "tests", "RemoteSigner.AcceptanceTests", "Clients", name);
        switch (client)
        {
            case "Teku":
                if (!File.Exists("/usr/bin/javac") || !File.Exists("/usr/bin/keytool"))
                {
                    return null;
                }

                var trust = _home.Beside("trust.p12");
                (
                    await CommandResult.OfAsync(
                        "keytool",
                        [
                            "-importcert",
                            "-noprompt",
                            "-alias",
                            "ca",
                            "-file",
                            Path.Combine(_home.Data, "tls", "ca.crt"),
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            trust,
                            "-storepass",
                            Password,
                        ]
                    )
                ).Succeeded();
                return ClientLine.OfProgram(
                    "java",
                    Script("TekuConnection.java"),
                    Api.AbsoluteUri[..^1],
                    await Pkcs12Async("teku"),
                    Password,
                    trust
                );
            case "Lodestar":
                return ClientLine.OfProgram("node", Script("LodestarConnection.mjs"), $"http://127.0.0.1:{_doorPorts["lodestar"]}");
            case "Nimbus":
                return ClientLine.Of(Plain(new Uri($"http://127.0.0.1:{_doorPorts["nimbus"]}")));
            case "Prysm" or "Vero":
                var connect = ConnectProcess.Launch(Api, _home.Data, client.ToLowerInvariant());
                _toEnd.Add(connect);
                _connects.Add(connect);
                return ClientLine.Of(Plain(connect.Door));
            case "curl":
                return ClientLine.OfCurl(
                    Api,
                    "--cert",
                    ClientFile("curl.crt"),
                    "--key",
                    ClientFile("curl.key"),
                    "--cacert",
                    Path.Combine(_home.Data, "tls", "ca.crt")
                );
            default:
                var http = ClientCertificate.Connect(
                    Api,
                    _home.Data,
                    X509CertificateLoader.LoadPkcs12FromFile(
                        await Pkcs12Async(client == "SSV node" ? "ssv" : client.ToLowerInvariant()),
                        Password
                    )
                );
                http.DefaultRequestHeaders.Accept.Clear();
                return ClientLine.Of(http);
        }
    }

    private static HttpClient Plain(Uri door) => new() { BaseAddress = door, Timeout = TimeSpan.FromSeconds(10) };

    private string ClientFile(string name) => Path.Combine(_home.Data, "clients", name);

    private async Task<string> Pkcs12Async(string name)
    {
        var file = _home.Beside(name + ".p12");
        (
            await CommandResult.OfAsync(
                "openssl",
                [
                    "pkcs12",
                    "-export",
                    "-in",
                    ClientFile(name + ".crt"),
                    "-inkey",
                    ClientFile(name + ".key"),
                    "-out",
                    file,
                    "-passout",
                    $"pass:{Password}",
                ]
            )
        ).Succeeded();
        return file;
    }

    private async Task WalkAsync()
    {
        TakeToken();
        Launch();
        await _signer.HealthWhenAsync(report => report.Text.Contains("\"failed\"", StringComparison.Ordinal));
        await StayAsync(SignerState.TokenAway, keysAreOpen: false, mustNotSign: true);
        await _charon.JudgeAsync(_verdicts, SignerState.TokenAway, mayPush: false);

        await _signer.StopAsync();
        PutTokenBack();
        Launch();
        await _signer.WaitUntilReadyAsync();
        await BringShareAsync("imported");
        await StayAsync(SignerState.Ready, keysAreOpen: true);
        await _charon.JudgeAsync(_verdicts, SignerState.Ready, mayPush: true);

        TakeToken();
        await StayAsync(SignerState.TokenTaken, keysAreOpen: true);
        await _charon.JudgeAsync(_verdicts, SignerState.TokenTaken, mayPush: null);
        PutTokenBack();

        await PassAsync(SignerState.Reloading, ReloadThriceAsync, mustSign: true);
        await CrossForksAsync();
        await DeleteAndBringBackAsync();
        await PassAsync(SignerState.ShuttingDown, () => _signer.StopAsync(), mustSign: false);
        await StayAsync(SignerState.Stopped, keysAreOpen: false, mustNotSign: true);
        await _charon.JudgeAsync(_verdicts, SignerState.Stopped, mayPush: false);
        Launch();
        await PassAsync(SignerState.Starting, _signer.WaitUntilReadyAsync, mustSign: false);
        await RevokeAsync();
        await _charon.JudgeAsync(_verdicts, SignerState.Revoked, mayPush: false);
    }

    private void Launch() =>
        _signer = SignerProcess.LaunchAt(
            _port,
            _home.Data,
            _home.Token,
            [.. _doors.SelectMany(name => (string[])["--loopback-http", $"{_doorPorts[name]}={name}"])]
        );

    private void TakeToken() => File.Move(_home.Token.ConfigurationFile, _home.Token.ConfigurationFile + ".away");

    private void PutTokenBack() => File.Move(_home.Token.ConfigurationFile + ".away", _home.Token.ConfigurationFile);

    private async Task BringShareAsync(string expected)
    {
        var run = _runs.Single(run => run.Client.Name == "SSV node");
        var answer = await run.Line.AskAsync("POST", "/v1/validators", null, SsvScene.Encrypted);
        Assert.Equal(expected, answer!.Json.GetProperty("data")[0].GetProperty("status").GetString());
    }

    // A state that lasts as long as it is looked at. Whoever comes through connect sees it when connect does.
    private async Task StayAsync(SignerState state, bool keysAreOpen, bool mustNotSign = false, IReadOnlySet<string>? mayLose = null)
    {
        await SettleAsync(keysAreOpen);
        foreach (var run in _runs)
        {
            run.Begin();
            await LiveAsync(run, keysAreOpen, mayLose);
            Judge(run, state, mustSign: keysAreOpen && !mustNotSign, mustNotSign, mayLose);
        }
    }

    private Task SettleAsync(bool keysAreOpen) => Task.WhenAll(_connects.Select(connect => connect.WaitUntilAsync(open: keysAreOpen)));

    // A state that passes while all clients ask again and again.
    private async Task PassAsync(SignerState state, Func<Task> passing, bool mustSign)
    {
        if (mustSign)
        {
            await SettleAsync(keysAreOpen: true);
        }

        _runs.ForEach(run => run.Begin());
        var passed = passing();
        await Task.WhenAll(
            _runs.Select(async run =>
            {
                do
                {
                    await LiveAsync(run, keysAreOpen: mustSign, null);
                    await Task.Delay(20);
                } while (!passed.IsCompleted);
            })
        );
        await passed;
        _runs.ForEach(run => Judge(run, state, mustSign, mustNotSign: false, null));
    }

    private Task LiveAsync(ClientRun run, bool keysAreOpen, IReadOnlySet<string>? mayLose)
    {
        var lost = mayLose ?? new HashSet<string>();

        // A share that was just brought signs no vote before the epochs are over that may be under way.
        return run.Client.Name == "SSV node"
            ? run.LiveAsync(SsvScene.ShareKey.ToString(), ClientDuties.Randao, keysAreOpen, lost)
            : run.LiveAsync(_home.Keys[0].ToString(), ClientDuties.Vote(run.Client), keysAreOpen, lost);
    }

    private void Judge(ClientRun run, SignerState state, bool mustSign, bool mustNotSign, IReadOnlySet<string>? mayLose) =>
        _verdicts[(run.Client.Name, state)] = run.Judge(
            mustSign,
            mustNotSign,
            mayLose ?? new HashSet<string>(),
            mustBeWell: state is SignerState.Ready or SignerState.KeyDeleted or SignerState.KeyAddedAgain
        );

    private async Task ReloadThriceAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await _signer.SignalAsync("HUP");
            Assert.Equal("completed", (await _signer.EndOfReloadAsync()).Json.GetProperty("status").GetString());
        }
    }

    private async Task CrossForksAsync()
    {
        foreach (var run in _runs.Where(run => run.Client.Name != "SSV node"))
        {
            run.Begin();
            foreach (
                var body in _boundaries
                    .SelectMany(boundary => (ulong[])[boundary - 1, boundary])
                    .SelectMany(epoch => ClientDuties.Around(run.Client, epoch))
            )
            {
                await run.SignAsync(_home.Keys[1].ToString(), body);
            }

            Judge(run, SignerState.ForkBoundary, mustSign: true, mustNotSign: false, null);
        }
    }

    private async Task DeleteAndBringBackAsync()
    {
        var key = _home.Keys[3].ToString();
        using (var admin = ClientCertificate.Connect(Api, _home.Data, ClientCertificate.Load(_home.Data, "charon")))
        using (var body = new StringContent($$"""{"pubkeys":["{{key}}"]}""", Encoding.UTF8, "application/json"))
        {
            admin.DefaultRequestHeaders.Authorization = new(
                "Bearer",
                await File.ReadAllTextAsync(Path.Combine(_home.Data, "keymanager.token"))
            );
            Assert.Equal(HttpStatusCode.OK, (await admin.AskAsync(HttpMethod.Delete, "/eth/v1/keystores", body)).Status);
        }

        var gone = new HashSet<string> { key };
        await StayAsync(SignerState.KeyDeleted, keysAreOpen: true, mayLose: gone);
        foreach (var run in _runs.Where(run => run.Client.Name != "SSV node"))
        {
            if (await run.SignAsync(key, ClientDuties.Randao))
            {
                _verdicts[(run.Client.Name, SignerState.KeyDeleted)] = new ClientVerdict(
                    "signs with a key that is gone",
                    ["it signs with a key that is gone"]
                );
            }
        }

        // An SSV node takes a share out and brings it again when its owner does; an operator's key wants his word.
        var node = _runs.Single(run => run.Client.Name == "SSV node");
        Assert.Equal(
            HttpStatusCode.OK,
            (await node.Line.AskAsync("DELETE", "/v1/validators", null, $$"""{"pubkeys":["{{SsvScene.ShareKey}}"]}"""))!.Status
        );
        await BringShareAsync("imported");
        await _signer.StopAsync();
        (await _home.RunAsync("keys", "enable", key)).Succeeded();
        var one = Directory.CreateDirectory(_home.Beside("again")).FullName;
        foreach (
            var file in Directory
                .GetFiles(_home.Keystores)
                .Where(file => Path.GetFileNameWithoutExtension(file).EndsWith("-3", StringComparison.Ordinal))
        )
        {
            File.Copy(file, Path.Combine(one, Path.GetFileName(file)));
        }

        (await _home.RunAsync("keys", "import", "--keystores", one, "--never-signed")).Succeeded();
        Launch();
        await _signer.WaitUntilReadyAsync();
        await StayAsync(SignerState.KeyAddedAgain, keysAreOpen: true);
    }

    // Those with certificates by a revocation list, those behind doors by taking their names out.
    private async Task RevokeAsync()
    {
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(_home.Data, "tls", "ca.crt"), ClientFile("ca.key"));
        var list = new CertificateRevocationListBuilder();
        foreach (var name in _certified)
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(ClientFile(name + ".crt"));
            list.AddEntry(certificate);
        }

        await File.WriteAllBytesAsync(
            Path.Combine(_home.Data, "tls", "crl.der"),
            list.Build(authority, 1, TimeProvider.System.GetUtcNow().AddDays(30), HashAlgorithmName.SHA256)
        );
        _home.Configure(options =>
        {
            options["tls"]!["revocationList"] = "tls/crl.der";
            _doors.ToList().ForEach(name => options["clients"]!.AsObject().Remove(name));
        });
        await _signer.SignalAsync("HUP");
        Assert.Equal("completed", (await _signer.EndOfReloadAsync()).Json.GetProperty("status").GetString());
        await StayAsync(SignerState.Revoked, keysAreOpen: false, mustNotSign: true);
    }
}
