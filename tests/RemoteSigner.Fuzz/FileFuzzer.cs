using System.Diagnostics;
using System.Text;
using RemoteSigner.Clusters;
using RemoteSigner.Clusters.Charon;
using RemoteSigner.Rig;

namespace RemoteSigner.Fuzz;

/// <summary>
/// A verb and the file that it is to read. <paramref name="Read"/> gets the path of a mutated one; one verb at a time
/// <paramref name="LocksLedger"/>. <paramref name="Exit"/>: how the verb ends with the file as it stands, the first time.
/// </summary>
internal sealed record FileSeed(string Kind, byte[] Content, Func<string, string[]> Read, bool LocksLedger = false, int Exit = 0);

/// <summary>
/// Gives mutated files to the verbs that read them, on the signer's data directory once it was stopped, until the time is up. Whatever is
/// in a file: an exit code, one line that says what is wrong and one what to do.
/// </summary>
internal sealed class FileFuzzer(SignerHome home, string data, string vectors, ulong seed, Findings findings)
{
    // Of no machine here: whatever is right with a configuration, it will not be served.
    private const string Nowhere = "192.0.2.1:9000";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<FileSeed> _seeds = [.. Own(home, data), .. OfVectors(home, data, vectors)];
    private long _input;

    /// <summary>The verbs that lock the ledger one after the other, and beside them the others.</summary>
    public async Task RunAsync(CancellationToken timeIsUp) =>
        await Task.WhenAll(new[] { true, false }.Select(locks => Task.Run(() => WorkAsync(locks, timeIsUp), CancellationToken.None)));

    private async Task WorkAsync(bool locksLedger, CancellationToken timeIsUp)
    {
        var kinds = _seeds.Where(one => one.LocksLedger == locksLedger).GroupBy(one => one.Kind).Select(kind => kind.ToList()).ToList();

        // One of each kind as it stands, before anything else: one that is refused tests the refusal alone, however it is mutated.
        foreach (var first in kinds.Select(kind => kind[0]))
        {
            var path = home.Beside($"whole-{locksLedger}");
            await File.WriteAllBytesAsync(path, first.Content, CancellationToken.None);
            var (exit, told) = await RunAsync(first, first.Read(path), first.Content, 0);
            if (exit != first.Exit)
            {
                findings.Add($"seed ended with {exit}", first.Kind, 0, first.Content, told);
            }
        }

        while (!timeIsUp.IsCancellationRequested)
        {
            var input = Interlocked.Increment(ref _input);
            var dice = new Dice(seed ^ 0xF11E, input);
            var chosen = dice.Of(dice.Of(kinds));
            var content = dice.OneIn(12) ? chosen.Content : Mutation.Of(chosen.Content, dice);
            var path = home.Beside($"mutated-{locksLedger}");
            await File.WriteAllBytesAsync(path, content, CancellationToken.None);
            await RunAsync(chosen, chosen.Read(path), content, input);
        }
    }

    // The exit code, and what was said on standard error.
    private async Task<(int Exit, string Told)> RunAsync(FileSeed chosen, string[] verb, byte[] content, long input)
    {
        var start = new ProcessStartInfo(Repository.Binary, verb)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        home.Token.Describe(start.Environment);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(_timeout);
        }
        catch (TimeoutException)
        {
            process.Kill();
            findings.Add("verb that does not end", chosen.Kind, input, content, string.Join(' ', verb));
            findings.Count(chosen.Kind, "no end");
            return (-1, "");
        }

        var told = await error;
        findings.Count(chosen.Kind, $"exit {process.ExitCode}");
        if (process.ExitCode is not (0 or 1 or 2))
        {
            findings.Add($"exit {process.ExitCode}", chosen.Kind, input, content, told);
        }

        if (
            told.Contains("fault of the program", StringComparison.Ordinal)
            || told.Contains("   at ", StringComparison.Ordinal)
            || (await output).Contains("   at ", StringComparison.Ordinal)
        )
        {
            findings.Add("fault of the program", chosen.Kind, input, content, told);
        }
        // A verdict that is not what was hoped for is no error.
        else if (
            process.ExitCode != 0
            && chosen.Kind is not ("cluster" or "evidence")
            && !told.Contains("remote-signer: hint: ", StringComparison.Ordinal)
            && !(await output).StartsWith("refused: ", StringComparison.Ordinal)
        )
        {
            findings.Add("no hint", chosen.Kind, input, content, told);
        }

        return (process.ExitCode, told);
    }

    private static IEnumerable<FileSeed> Own(SignerHome home, string data)
    {
        var keystores = home.Beside("keystores-to-mutate");
        KeystoreWriter.WriteNew(keystores, 1, SignerHome.Password);
        var password = Path.Combine(keystores, "keystore-0.txt");
        yield return new(
            "keystore",
            File.ReadAllBytes(Path.Combine(keystores, "keystore-0.json")),
            path => ["keys", "import", "--data", data, "--keystores", path, "--passwords", password, "--never-signed"],
            LocksLedger: true
        );
        var root = Spec.Network.Find("hoodi")!.GenesisValidatorsRoot;
        yield return new(
            "interchange",
            Utf8(
                $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{root}}"},"data":[{"pubkey":"{{home.Keys[0]}}","signed_blocks":[{"slot":"81952","signing_root":"0x{{new string('4', 64)}}"}],"signed_attestations":[{"source_epoch":"2290","target_epoch":"3007"}]}]}"""
            ),
            path => ["slashing", "import", path, "--data", data],
            LocksLedger: true
        );
        yield return new(
            "network",
            Utf8(Network),
            path =>
                [
                    "init",
                    "--data",
                    home.Beside("never-made"),
                    "--network",
                    path,
                    "--genesis-time",
                    "1700000000",
                    "--genesis-validators-root",
                    root.ToString()!,
                    "--seal",
                    "softhsm2",
                    "--anchor-on-host",
                    "--module",
                    "/nowhere.so",
                    "--pin-file",
                    home.Token.PinFile,
                ],
            Exit: 1
        );
        yield return new("signer.json", File.ReadAllBytes(Path.Combine(data, "signer.json")), path =>
        {
            var folder = path + "-data";
            Directory.CreateDirectory(folder);
            File.Copy(Path.Combine(data, "vault"), Path.Combine(folder, "vault"), overwrite: true);
            File.Copy(path, Path.Combine(folder, "signer.json"), overwrite: true);
            return ["policy", "explain", "vc", home.Keys[0].ToString(), "ATTESTATION", "--data", folder];
        });
        foreach (var (kind, file) in new[] { ("certificate", "server.crt"), ("certificate key", "server.key"), ("authorities", "ca.crt") })
        {
            yield return new(
                kind,
                File.ReadAllBytes(Path.Combine(data, "tls", file)),
                path =>
                {
                    // Whose certificate is mutated is its own, so that two verbs do not write into one.
                    var folder = path + "-serve";
                    CopyOnce(data, folder);
                    foreach (var whole in Directory.EnumerateFiles(Path.Combine(data, "tls")))
                    {
                        File.Copy(whole, Path.Combine(folder, "tls", Path.GetFileName(whole)), overwrite: true);
                    }

                    File.Copy(path, Path.Combine(folder, "tls", file), overwrite: true);
                    return ["serve", "--data", folder, "--listen", Nowhere, "--operations", Nowhere];
                },
                Exit: 1
            );
        }

        yield return new(
            "evidence",
            Utf8(
                """{"version":1,"nonce":"00112233445566778899aabbccddeeff","quote":"AAAA","signature":"AAAA","pcrs":{"7":"00"},"claims":{}}"""
            ),
            path => ["attest", "verify", path, "--nonce", "00112233445566778899aabbccddeeff"],
            Exit: 1
        );
    }

    private static IOrderedEnumerable<string> Corpus(string kind) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "RemoteSigner.Fuzz", "corpus", kind)).Order(StringComparer.Ordinal);

    private static IEnumerable<FileSeed> OfVectors(SignerHome home, string data, string vectors)
    {
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(vectors, "clusters"), "cluster-lock.json", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Path.Combine(vectors, "clusters-charon"), "cluster-*.json", SearchOption.AllDirectories))
                .Where(file => new FileInfo(file).Length < 64 * 1024)
                .Order(StringComparer.Ordinal)
        )
        {
            yield return new("cluster", File.ReadAllBytes(file), path => ["cluster", "verify", path]);
        }

        yield return Partials(home, Path.Combine(vectors, "clusters", "lock-v1_11-4of3", "cluster-lock.json"));
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(vectors, "clusters-ssv"), "keyshares*.json", SearchOption.AllDirectories)
                .Append(Path.Combine(vectors, "ssv-keyshares-4of3", "keyshares.json"))
                .Where(file => new FileInfo(file).Length < 128 * 1024)
                .Order(StringComparer.Ordinal)
        )
        {
            yield return new("cluster", File.ReadAllBytes(file), path => ["cluster", "verify", path]);
            yield return new(
                "keyshares",
                File.ReadAllBytes(file),
                path => ["cluster", "add-lock", path, "--data", data, "--accept-unanchored"],
                LocksLedger: true
            );
        }

        foreach (var file in Corpus("interchange"))
        {
            yield return new(
                "interchange",
                File.ReadAllBytes(file),
                path => ["slashing", "import", path, "--data", data],
                LocksLedger: true
            );
        }

        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(vectors, "sign-requests"), "config.yaml", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            yield return new(
                "network",
                File.ReadAllBytes(file),
                path =>
                    [
                        "init",
                        "--data",
                        home.Beside("never-made"),
                        "--network",
                        path,
                        "--no-slot-window",
                        "--genesis-validators-root",
                        $"0x{new string('1', 64)}",
                        "--seal",
                        "softhsm2",
                        "--anchor-on-host",
                        "--module",
                        "/nowhere.so",
                        "--pin-file",
                        home.Token.PinFile,
                    ],
                Exit: 1
            );
        }
    }

    // Signatures of nothing, of the message that the command asks for: what is read is judged, and too few remain.
    private static FileSeed Partials(SignerHome home, string lockFile)
    {
        var cluster = ClusterLock.Parse(File.ReadAllBytes(lockFile));
        var key = cluster.Validators[0].GroupKey;
        var deposit = cluster.DepositOf(0, 32_000_000_000);
        var signature = cluster.Validators[0].Deposits[0].Signature;
        var file = new PartialsFile(
            "DEPOSIT",
            cluster.LockHash,
            [new(key, "a deposit", deposit.SigningRoot(Spec.Network.Find("hoodi")!), [new(1, signature), new(2, signature)])]
        );
        return new(
            "partials",
            file.Write(),
            path =>
                [
                    "cluster",
                    "deposit",
                    key.ToString(),
                    "--lock",
                    lockFile,
                    "--amount",
                    "32",
                    "--partials",
                    path,
                    "--out",
                    home.Beside("never-complete.json"),
                ],
            Exit: 1
        );
    }

    private static void CopyOnce(string from, string to)
    {
        if (Directory.Exists(to))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (
            var file in Directory
                .EnumerateFiles(from, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is not (".lock" or ".sock"))
        )
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private const string Network = """
        # of a development network
        PRESET_BASE: minimal
        CONFIG_NAME: "fuzzed"
        GENESIS_FORK_VERSION: 0x00000001
        ALTAIR_FORK_VERSION: 0x01000001
        ALTAIR_FORK_EPOCH: 1
        BELLATRIX_FORK_VERSION: 0x02000001
        BELLATRIX_FORK_EPOCH: 2
        CAPELLA_FORK_VERSION: 0x03000001
        CAPELLA_FORK_EPOCH: 3
        DENEB_FORK_VERSION: 0x04000001
        DENEB_FORK_EPOCH: 4
        ELECTRA_FORK_VERSION: 0x05000001
        ELECTRA_FORK_EPOCH: 18446744073709551615
        SECONDS_PER_SLOT: 6
        BLOB_SCHEDULE:
          - EPOCH: 5
            MAX_BLOBS_PER_BLOCK: 9
        """;
}
