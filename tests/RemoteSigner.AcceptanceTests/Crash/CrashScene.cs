using System.Security.Cryptography.X509Certificates;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.AcceptanceTests.Crash;

/// <summary>
/// A signer with eight keys that sign alone and a hundred that sign together, which is killed again and again, and clients that race for
/// conflicting duties and keep all they get.
/// </summary>
public sealed class CrashScene : IAsyncLifetime
{
    private const int KeyCount = 8;
    private const int TogetherCount = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("remote-signer-crash-").FullName;
    private readonly Network _network = Network.Find("hoodi")!;
    private IReadOnlyList<Race> _races = [];
    private SoftToken _token = null!;
    private X509Certificate2 _certificate = null!;
    private SignerProcess? _signer;

    internal Received Received { get; } = new();

    /// <summary>The keys that are asked for in batches.</summary>
    internal IReadOnlySet<BlsPublicKey> Together { get; private set; } = new HashSet<BlsPublicKey>();

    private string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SoftToken.IsAvailable || Environment.GetEnvironmentVariable("CI") == "true", "SoftHSM2 is not installed");
        _token = SoftToken.Create(Directory.CreateDirectory(Path.Combine(_folder, "token")).FullName);
        var keystores = Path.Combine(_folder, "keystores");
        var keys = KeystoreWriter.WriteNew(keystores, KeyCount + TogetherCount, SignerHome.Password);
        Together = keys.Skip(KeyCount).ToHashSet();
        _races = [.. Race.OfEach(keys.Take(KeyCount), _network), Race.OfAll([.. Together], _network)];
        (
            await SignerProcess.RunAsync(
                _token,
                "init",
                "--data",
                Data,
                "--network",
                _network.Name,
                "--no-slot-window",
                "--seal",
                "softhsm2",
                "--anchor-on-host",
                "--pin-file",
                _token.PinFile,
                "--client",
                "vc"
            )
        ).Succeeded();
        (await SignerProcess.RunAsync(_token, "keys", "import", "--data", Data, "--keystores", keystores, "--never-signed")).Succeeded();
        _certificate = ClientCertificate.Load(Data, "vc");
    }

    /// <summary>
    /// One life of the signer: all clients race while <paramref name="kill"/> brings it to its end; then the audit log must be intact. The
    /// ledger was on its disk all the time, so the low watermarks that the start would raise are cleared: what is tested here is that the
    /// ledger alone refuses every rival.
    /// </summary>
    internal async Task RaceUntilKilledAsync(Func<SignerProcess, Task> kill)
    {
        _signer ??= await SignerProcess.StartAsync(Data, _token);
        var connections = await ConnectAsync(_signer, 2 * _races.Count);
        var races = Task.WhenAll(_races.Select((race, i) => race.RunAsync(connections[2 * i], connections[(2 * i) + 1], Received)));
        await kill(_signer);
        await races;
        Array.ForEach(connections, connection => connection.Dispose());
        Assert.True(_signer.HasExited, "the signer outlived the test's kill");
        await _signer.DisposeAsync();
        _signer = null;
        (await SignerProcess.RunAsync(null, "audit", "verify", "--data", Data)).Succeeded();
        (await SignerProcess.RunAsync(_token, "rollback-protection", "clear", "--data", Data, "--accept-risk")).Succeeded();
    }

    /// <summary>Brings the signer back and asks for the rival of every duty that was signed in any life; each must be refused.</summary>
    internal async Task AskForAllRivalsAsync()
    {
        _signer ??= await SignerProcess.StartAsync(Data, _token);
        var connections = await ConnectAsync(_signer, _races.Count);
        var signed = Received.Duties.ToHashSet();
        await Task.WhenAll(
            _races.Select(
                async (race, i) =>
                {
                    foreach (var rival in race.Rivals(signed))
                    {
                        Assert.Equal(DutyAnswer.Refused, await connections[i].TryAskAsync(rival, Received));
                    }
                }
            )
        );
        Array.ForEach(connections, connection => connection.Dispose());
    }

    /// <summary>Stops the signer in an orderly way and holds everything received against what it has on disk.</summary>
    internal async Task CompareWithTheLedgerAsync()
    {
        if (_signer is not null)
        {
            await _signer.StopAsync();
            Assert.Equal(0, _signer.ExitCode);
            await _signer.DisposeAsync();
            _signer = null;
        }

        (await SignerProcess.RunAsync(null, "audit", "verify", "--data", Data)).Succeeded();
        var evidence = await Evidence.ReadAsync(Data, _token);
        Assert.Empty(Received.Faults);
        Assert.Empty(Received.Conflicts());
        Assert.Empty(Received.Invalid());
        Assert.Empty(Received.Duties.Select(duty => duty.Claim).Except(evidence.Records));
        Assert.Empty(Received.Duties.Select(duty => duty.Claim).Except(evidence.Entries));
    }

    public async ValueTask DisposeAsync()
    {
        _certificate?.Dispose();
        if (_signer is not null)
        {
            await _signer.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Task<DutyConnection[]> ConnectAsync(SignerProcess signer, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => DutyConnection.OpenAsync(signer, Data, _certificate)));
}
