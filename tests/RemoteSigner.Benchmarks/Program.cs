using System.Diagnostics;
using System.Text.Json;
using RemoteSigner.Benchmarks;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Native;
using RemoteSigner.Rig;

const int Keys = 1024;
const string Client = "bench";
var folder = Directory.CreateTempSubdirectory("remote-signer-bench-").FullName;
try
{
    var network = Network.Find("hoodi")!;
    var cores = Environment.ProcessorCount;
    var alone = RawBlst.Measure(1);
    var raw = RawBlst.Measure(cores);
    Console.WriteLine($"raw blst, one core alone     {alone.CpuSeconds * 1e6,8:F0} µs per signature");
    Console.WriteLine($"raw blst, {cores} cores at once    {raw.CpuSeconds * 1e6,8:F0} µs per signature, {raw.PerSecond:F0} per second");

    var token = SoftToken.Create(Directory.CreateDirectory(Path.Combine(folder, "token")).FullName);
    string data = Path.Combine(folder, "data"), keystores = Directory.CreateDirectory(Path.Combine(folder, "keystores")).FullName;
    var publicKeys = WriteKeystores(keystores);
    (await SignerProcess.RunAsync(token, "init", "--data", data, "--network", network.Name, "--seal", "softhsm2", "--pin-file", token.PinFile, "--client", Client)).Succeeded();
    var importStarted = Stopwatch.GetTimestamp();
    (await SignerProcess.RunAsync(token, "keys", "import", "--data", data, "--keystores", keystores, "--never-signed")).Succeeded();
    Console.WriteLine($"import of {Keys} keystores     {Stopwatch.GetElapsedTime(importStarted).TotalSeconds,8:F2} s (PBKDF2, 1024 rounds)");

    var startStarted = Stopwatch.GetTimestamp();
    await using var signer = await SignerProcess.StartAsync(data, token);
    var start = Stopwatch.GetElapsedTime(startStarted).TotalMilliseconds;
    Console.WriteLine($"start to ready, {Keys} keys    {start,8:F0} ms, {ProcessFigures.MemoryMiB(signer.Id, "VmRSS"):F0} MiB resident");

    var load = new SigningLoad(signer, data, Client, publicKeys, network);
    await load.RunAsync(TimeSpan.FromSeconds(3));
    var result = await load.RunAsync(TimeSpan.FromSeconds(20));
    var perSignature = result.ServerCpu / result.Signatures;
    var rate = result.Signatures / result.Seconds;

    // Both against all cores at once, as the server uses them; the client's share of the machine is not the server's to use.
    var cpuRatio = perSignature / raw.CpuSeconds;
    var throughputRatio = rate / (raw.PerSecond * (cores - (result.ClientCpu / result.Seconds)) / cores);
    var memory = ProcessFigures.MemoryMiB(signer.Id, "VmRSS");
    Console.WriteLine($"server CPU over mutual TLS   {perSignature * 1e6,8:F0} µs per signature");
    Console.WriteLine($"rate                         {rate,8:F0} signatures per second, client took {result.ClientCpu / result.Seconds:F2} of {cores} cores");
    Console.WriteLine($"memory after {result.Signatures,6} votes    {memory,8:F0} MiB resident");
    Console.WriteLine($"cpuPerSignatureRatio         {cpuRatio,8:F3}   (target: at most 1.15)");
    Console.WriteLine($"throughputRatio              {throughputRatio,8:F3}   (target: at least 0.85)");

    var report = Path.Combine(Repository.Root, "artifacts", "bench", "latest.json");
    Directory.CreateDirectory(Path.GetDirectoryName(report)!);
    await File.WriteAllTextAsync(report, JsonSerializer.Serialize(new
    {
        cpuPerSignatureRatio = cpuRatio,
        throughputRatio,
        rawMicrosecondsPerSignature = raw.CpuSeconds * 1e6,
        rawMicrosecondsPerSignatureOneCoreAlone = alone.CpuSeconds * 1e6,
        rawSignaturesPerSecond = raw.PerSecond,
        serverCpuMicrosecondsPerSignature = perSignature * 1e6,
        signaturesPerSecond = rate,
        signatures = result.Signatures,
        startToReadyMilliseconds = start,
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
