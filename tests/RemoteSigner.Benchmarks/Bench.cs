using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// What the parts of the benchmark share: a folder, a token, keystores, and where figures go. QUICK=1 makes everything small.
/// </summary>
internal sealed class Bench : IDisposable
{
    public const string Client = "bench";

    private readonly List<(string Folder, IReadOnlyList<BlsPublicKey> Keys)> _keystores = [];
    private readonly Dictionary<int, (string Folder, IReadOnlyList<BlsPublicKey> Keys)> _alone = [];

    public Bench()
    {
        CommandResult.Timeout = TimeSpan.FromMinutes(30);
        Folder = Directory.CreateTempSubdirectory("remote-signer-bench-").FullName;
        Token = SoftToken.Create(Directory.CreateDirectory(Path.Combine(Folder, "token")).FullName);
        Report = new Report(IsQuick, Engine);
    }

    public bool IsQuick { get; } = Environment.GetEnvironmentVariable("QUICK") == "1";

    /// <summary>ENGINE=portable: how the signer signs together, where it is not to choose by itself.</summary>
    public static string? Engine { get; } = Environment.GetEnvironmentVariable("ENGINE") is { Length: > 0 } engine ? engine : null;

    public string Folder { get; }

    public SoftToken Token { get; }

    public Network Network { get; } = Network.Find("hoodi")!;

    public int Cores { get; } = Environment.ProcessorCount;

    public Report Report { get; }

    /// <summary>The one number, or the other in a quick run.</summary>
    public int Of(int full, int quick) => IsQuick ? quick : full;

    public string NewFolder(string name) => Path.Combine(Folder, name);

    /// <summary>
    /// A data directory that holds the first keys of a long list, with a client for all everyday duties. Keystores are written once:
    /// whoever wants more of them adds to what is there.
    /// </summary>
    public Task<BenchHome> HomeAsync(string name, int keys, params string[] options) => HomeUnderAsync([], name, keys, options);

    /// <summary>The same by another program than the binary (<see cref="SignerProcess.RunUnderAsync"/>).</summary>
    public async Task<BenchHome> HomeUnderAsync(string[] program, string name, int keys, params string[] options)
    {
        var home = await EmptyHomeAsync(program, name, options);
        var folders = First(keys);
        foreach (var (folder, _) in folders)
        {
            (
                await SignerProcess.RunUnderAsync(
                    program,
                    Token,
                    "keys",
                    "import",
                    "--data",
                    home.Data,
                    "--keystores",
                    folder,
                    "--never-signed"
                )
            ).Succeeded();
        }

        return home with
        {
            Keys = [.. folders.SelectMany(folder => folder.Keys)],
        };
    }

    /// <summary>One folder with so many keystores, for parts that make their data directory themselves, and their keys.</summary>
    public (string Folder, IReadOnlyList<BlsPublicKey> Keys) Keystores(int count) =>
        _alone.TryGetValue(count, out var found) ? found : _alone[count] = WriteKeystores(NewFolder($"keystores-of-{count}"), count);

    /// <summary>A data directory without keys.</summary>
    public Task<BenchHome> EmptyHomeAsync(string name, params string[] options) => EmptyHomeAsync([], name, options);

    private async Task<BenchHome> EmptyHomeAsync(string[] program, string name, string[] options)
    {
        var data = NewFolder(name);
        (
            await SignerProcess.RunUnderAsync(
                program,
                Token,
                [
                    "init",
                    "--data",
                    data,
                    "--network",
                    Network.Name,
                    "--no-slot-window",
                    "--seal",
                    "softhsm2",
                    "--anchor-on-host",
                    "--pin-file",
                    Token.PinFile,
                    "--client",
                    Client,
                    .. options,
                ]
            )
        ).Succeeded();
        if (Engine is { } engine)
        {
            var settings = Path.Combine(data, "signer.json");
            var text = await File.ReadAllTextAsync(settings);
            var chosen = text.Replace("\"signTogether\": \"auto\"", $"\"signTogether\": \"{engine}\"", StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                settings,
                chosen != text ? chosen : throw new InvalidOperationException("signer.json does not say how keys sign together")
            );
        }

        return new BenchHome(this, data, []);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private List<(string Folder, IReadOnlyList<BlsPublicKey> Keys)> First(int count)
    {
        var taken = 0;
        for (var i = 0; taken < count; taken += _keystores[i++].Keys.Count)
        {
            if (i == _keystores.Count)
            {
                _keystores.Add(WriteKeystores(NewFolder($"keystores-{Guid.NewGuid():N}"), count - taken));
            }

            if (_keystores[i].Keys.Count > count - taken)
            {
                Split(i, count - taken);
            }
        }

        return [.. _keystores.TakeWhile((_, i) => _keystores.Take(i).Sum(folder => folder.Keys.Count) < count)];
    }

    // Folders are imported whole: the first so many keystores of this one go to a folder of their own.
    private void Split(int index, int count)
    {
        var (folder, keys) = _keystores[index];
        var rest = NewFolder($"keystores-{Guid.NewGuid():N}");
        Directory.CreateDirectory(rest);
        for (var i = count; i < keys.Count; i++)
        {
            foreach (var ending in (string[])["json", "txt"])
            {
                File.Move(Path.Combine(folder, $"keystore-{i}.{ending}"), Path.Combine(rest, $"keystore-{i}.{ending}"));
            }
        }

        _keystores[index] = (folder, [.. keys.Take(count)]);
        _keystores.Insert(index + 1, (rest, [.. keys.Skip(count)]));
    }

    private static (string Folder, IReadOnlyList<BlsPublicKey> Keys) WriteKeystores(string folder, int count)
    {
        Directory.CreateDirectory(folder);
        var keys = new BlsPublicKey[count];
        using var arena = new SecretArena();
        Parallel.For(0, count, i =>
        {
            using var key = BlsSecretKey.Generate(arena, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
            KeystoreWriter.Write(arena, folder, i, key, "bench");
            var publicKey = new byte[BlsPublicKey.Length];
            key.WritePublicKey(publicKey);
            keys[i] = new BlsPublicKey(publicKey);
        });
        return (folder, keys);
    }
}
