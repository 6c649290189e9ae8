using System.Diagnostics;
using System.Text.Json;
using RemoteSigner.Benchmarks;
using RemoteSigner.Native;
using RemoteSigner.Rig;
using RemoteSigner.Spec;

const int Keys = 1024;
const int Rounds = 9;
const string Client = "bench";

// How many keystores are pushed at once: a thousand take minutes, a few tell as much.
var pushed = int.TryParse(Environment.GetEnvironmentVariable("PUSHED"), out var wanted) ? wanted : 8;
var folder = Directory.CreateTempSubdirectory("remote-signer-bench-").FullName;
try
{
    var network = Network.Find("hoodi")!;
    var cores = Environment.ProcessorCount;
    var alone = RawBlst.Measure(1);
    Console.WriteLine($"raw blst, one core alone     {alone.CpuSeconds * 1e6,8:F0} µs per signature");

    var token = SoftToken.Create(Directory.CreateDirectory(Path.Combine(folder, "token")).FullName);
    string data = Path.Combine(folder, "data"), keystores = Directory.CreateDirectory(Path.Combine(folder, "keystores")).FullName;
    var publicKeys = WriteKeystores(keystores);
    async Task MeasureSsvAsync()
    {
        var ssv = await SsvAtScale.MeasureAsync(Path.Combine(folder, "ssv"), token, network.Name);
        Console.WriteLine($"SSV, {SsvAtScale.Validators} validators in one file: import {ssv.ImportSeconds:F2} s ({ssv.ImportMiB:F0} MiB), bind of pushed shares {ssv.BindSeconds:F2} s ({ssv.BindMiB:F0} MiB), successor {ssv.SuccessorSeconds:F2} s ({ssv.SuccessorMiB:F0} MiB)");
        Console.WriteLine($"ssvPushRatio                 {ssv.BesideDocument.CpuMilliseconds / ssv.Alone.CpuMilliseconds,8:F3}   (CPU of a push of one other share: {Told(ssv.Alone)} alone, {Told(ssv.BesideDocument)} beside the file; {Told(ssv.BesideShares)} beside its {SsvAtScale.Validators} shares, ratio {ssv.BesideShares.CpuMilliseconds / ssv.Alone.CpuMilliseconds:F2})");
        Console.WriteLine($"operator's signature         {ssv.Speech.CpuMilliseconds,8:F2} ms   (CPU; {ssv.Speech.Milliseconds:F2} ms to the answer, median on one connection, {SsvAtScale.Validators} shares open)");

        static string Told(SsvAtScale.Push push) => $"{push.CpuMilliseconds:F0} ms ({push.Milliseconds:F0} ms to the answer)";
    }

    async Task MeasureCharonAsync()
    {
        var charon = await CharonAtScale.MeasureAsync(Path.Combine(folder, "charon"), token, network.Name);
        Console.WriteLine($"Charon, {CharonAtScale.Validators} validators in one lock: import {charon.ImportSeconds:F2} s ({charon.ImportMiB:F0} MiB; PBKDF2, 262,144 rounds each), bind of pushed shares {charon.BindSeconds:F2} s ({charon.BindMiB:F0} MiB), successor with one more {charon.SuccessorSeconds:F2} s ({charon.SuccessorMiB:F0} MiB)");
    }

    if (Environment.GetEnvironmentVariable("ONLY") == "charon")
    {
        await MeasureCharonAsync();
        return 0;
    }

    if (Environment.GetEnvironmentVariable("ONLY") == "ssv")
    {
        await MeasureSsvAsync();
        return 0;
    }

    var beside = await PushBesideDuties.MeasureAsync(Path.Combine(folder, "beside"), token, network, keystores, publicKeys);
    Console.WriteLine($"p99BesidePushRatio           {beside.Ratio,8:F3}   (p99 {beside.Alone:F1} ms alone, {beside.Beside:F1} ms while {PushBesideDuties.Count} scrypt keystores are opened in {beside.Seconds:F1} s; target: at most 2)");

    // One figure alone, while it is worked on.
    if (Environment.GetEnvironmentVariable("ONLY") == "push")
    {
        return 0;
    }

    var unseal = await TpmOpening.MeasureAsync(Path.Combine(folder, "tpm"), network.Name, keystores);
    Console.WriteLine($"unseal at start, {Keys} shares  {unseal,8:F1} ms   (median, software TPM, one operation; target: at most 10)");

    (await SignerProcess.RunAsync(token, "init", "--data", data, "--network", network.Name, "--no-slot-window", "--seal", "softhsm2", "--pin-file", token.PinFile, "--client", Client)).Succeeded();
    var importStarted = Stopwatch.GetTimestamp();
    (await SignerProcess.RunAsync(token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
    Console.WriteLine($"import of {Keys} keystores     {Stopwatch.GetElapsedTime(importStarted).TotalSeconds,8:F2} s (PBKDF2, 1024 rounds)");

    var startStarted = Stopwatch.GetTimestamp();
    await using var signer = await SignerProcess.StartAsync(data, token);
    var start = Stopwatch.GetElapsedTime(startStarted).TotalMilliseconds;
    Console.WriteLine($"start to ready, {Keys} keys    {start,8:F0} ms, {ProcessFigures.MemoryMiB(signer.Id, "VmRSS"):F0} MiB resident");

    var opening = await OpeningAtScale.MeasureAsync(Path.Combine(folder, "scale"), token, network.Name);
    Console.WriteLine($"opening {OpeningAtScale.Shares:N0} shares at start  {opening.Shares,6:F0} ms   (beyond a start with none, {opening.Empty:F0} ms; target: below 1000)");
    var push = await KeystorePush.MeasureAsync(Path.Combine(folder, "push"), token, network.Name, pushed);
    await MeasureSsvAsync();
    await MeasureCharonAsync();
    var pushRatio = push.Seconds / (pushed * KeystorePush.CharonSecondsPerKeystore);
    Console.WriteLine($"push of {pushed} keystores, scrypt 2^18  {push.Seconds,8:F2} s, {push.Seconds / pushed:F2} s each, at most {push.PeakMiB:F0} MiB resident");
    Console.WriteLine($"pushRatio                    {pushRatio,8:F3}   (of the 2 s that Charon waits for each; target: below 1)");

    // The same keys once more without a fence, only to be compared: two such signers of real keys would get them slashed. Epochs pass in half a second here, in 384
    // on chain: what moving the fence costs is seen some hundreds of times over.
    var unfenced = Path.Combine(folder, "unfenced");
    (await SignerProcess.RunAsync(
        token, "init", "--data", unfenced, "--network", network.Name, "--no-slot-window", "--seal", "softhsm2", "--pin-file", token.PinFile, "--client", Client, "--freshness", "none")).Succeeded();
    (await SignerProcess.RunAsync(token, "keys", "import", "--data", unfenced, "--keystores", keystores, "--never-signed")).Succeeded();
    await using var without = await SignerProcess.StartAsync(unfenced, token);

    using var bare = await BareServer.StartAsync(data, Client);

    var signed = new LoadSeries("signer", new SigningLoad(signer, data, Client, publicKeys, network), cores);
    var atLeast = new LoadSeries("bare server", new SigningLoad(bare.Load, data, Client, publicKeys, network), cores);
    var unguarded = new LoadSeries("without a fence", new SigningLoad(without, unfenced, Client, publicKeys, network), cores);
    LoadSeries[] all = [signed, atLeast, unguarded];

    // Another published binary, such as that of the last release, on keys of its own.
    await using var former = await FormerSigner.StartAsync(Path.Combine(folder, "former"), token, network.Name, keystores, Client);
    var before = former is null ? null : new LoadSeries("former binary", new SigningLoad(former.Signer, former.Data, Client, publicKeys, network), cores);
    all = before is null ? all : [.. all, before];
    foreach (var series in all)
    {
        await series.WarmUpAsync();
    }

    // Other tenants of the machine change its speed from second to second: raw and served signatures take turns, and each served round is
    // compared with the raw ones just before and after it, on all cores at once, as the server uses them.
    var raw = RawBlst.Measure(cores);
    for (var round = 0; round < Rounds; round++)
    {
        foreach (var series in all)
        {
            raw = await series.RunAsync(raw);
        }
    }

    var throughputRatio = signed.Median(round => round.ThroughputRatio);
    var fenceRatios = signed.CpuRatiosTo(unguarded);
    var fenceRatio = fenceRatios[Rounds / 2];
    var memory = ProcessFigures.MemoryMiB(signer.Id, "VmRSS");
    Console.WriteLine($"memory after {signed.Signatures,6} votes    {memory,8:F0} MiB resident");
    Console.WriteLine($"cpuPerSignatureRatio         {signed.CpuRatio,8:F3}   (median, as all below; target: at most 1.15)");
    Console.WriteLine($"bareServerCpuRatio           {atLeast.CpuRatio,8:F3}   (the web server with mutual TLS and a raw signature, nothing of ours)");
    Console.WriteLine($"fenceCpuRatio                {fenceRatio,8:F3}   (with a fence against without, between {fenceRatios[0]:F3} and {fenceRatios[^1]:F3})");
    if (before is not null)
    {
        var ratios = signed.CpuRatiosTo(before);
        Console.WriteLine($"formerCpuRatio               {ratios[Rounds / 2],8:F3}   (against the binary that FORMER names, between {ratios[0]:F3} and {ratios[^1]:F3})");
    }

    Console.WriteLine($"throughputRatio              {throughputRatio,8:F3}   (target: at least 0.85)");

    var readers = await ReadersBesideDuties.MeasureAsync(new PacedLoad(signer, data, Client, publicKeys, network, firstEpoch: 1_000_000), data, token);
    Console.WriteLine($"p99BesideReadersRatio        {readers.Ratio,8:F3}   (p99 {readers.AloneMilliseconds:F1} ms alone, {readers.BesideMilliseconds:F1} ms beside {readers.Reads} runs of audit verify, slashing status and keys list; target: at most 1.5)");
    Console.WriteLine($"p99BesideBusyCoreRatio       {readers.BusyRatio,8:F3}   (beside a program that keeps one core busy and reads nothing of ours: the machine's share of the above)");

    var connected = await NewConnections.MeasureAsync(Path.Combine(folder, "connect"), token, keystores, publicKeys, network);
    Console.WriteLine($"connectRatio                 {connected.Ratio,8:F3}   (64 requests at once, a new connection each: {connected.ThroughConnect:F1} ms through connect, {connected.ByDoor:F1} ms on the loopback door)");

    var report = Path.Combine(Repository.Root, "artifacts", "bench", "latest.json");
    Directory.CreateDirectory(Path.GetDirectoryName(report)!);
    await File.WriteAllTextAsync(report, JsonSerializer.Serialize(new
    {
        cpuPerSignatureRatio = signed.CpuRatio,
        bareServerCpuRatio = atLeast.CpuRatio,
        fenceCpuRatio = fenceRatio,
        throughputRatio,
        formerCpuRatio = before is null ? (double?)null : signed.CpuRatiosTo(before)[Rounds / 2],
        p99BesideReadersRatio = readers.Ratio,
        p99BesideBusyCoreRatio = readers.BusyRatio,
        p99BesidePushRatio = beside.Ratio,
        connectRatio = connected.Ratio,
        connectMilliseconds = connected.ThroughConnect,
        loopbackDoorMilliseconds = connected.ByDoor,
        tpmUnsealMilliseconds = unseal,
        rawMicrosecondsPerSignature = signed.Median(round => round.RawCpu) * 1e6,
        rawMicrosecondsPerSignatureOneCoreAlone = alone.CpuSeconds * 1e6,
        rawSignaturesPerSecond = signed.Median(round => round.RawPerSecond),
        serverCpuMicrosecondsPerSignature = signed.Median(round => round.Served.CpuPerSignature) * 1e6,
        signaturesPerSecond = signed.Median(round => round.Served.PerSecond),
        signatures = signed.Signatures,
        startToReadyMilliseconds = start,
        openTenThousandMilliseconds = opening.Shares,
        pushedKeystores = pushed,
        pushSeconds = push.Seconds,
        pushRatio,
        pushPeakMiB = push.PeakMiB,
        residentMiB = memory,
        keys = Keys,
    }));
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static List<BlsPublicKey> WriteKeystores(string folder)
{
    using var arena = new SecretArena();
    var keys = new List<BlsPublicKey>();
    var publicKey = new byte[BlsPublicKey.Length];
    for (var i = 0; i < Keys; i++)
    {
        using var key = BlsSecretKey.Generate(arena, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        KeystoreWriter.Write(arena, folder, i, key, "bench");
        key.WritePublicKey(publicKey);
        keys.Add(new BlsPublicKey(publicKey));
    }

    return keys;
}
