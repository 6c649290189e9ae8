using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using RemoteSigner.Fuzz;
using RemoteSigner.Rig;

// remote-signer-fuzz [SECONDS [SEED]]: four fifths of the time requests, the rest files. Ends with 1 when anything was found.
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 600;
var seed =
    args.Length > 1 ? ulong.Parse(args[1], CultureInfo.InvariantCulture) : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 16;
var vectors = Path.Combine(Repository.Root, "tests", "vectors");
Console.WriteLine($"fuzzing for {seconds} s with the seed {seed}");
var folder = Path.Combine(Repository.Root, "artifacts", "fuzz");
var findings = new Findings(folder);
await using var signer = await FuzzedSigner.StartAsync(vectors);
var files = new FileFuzzer(signer.Home, signer.Home.Data, vectors, seed, findings);
var requests = new RequestFuzzer(signer, RequestSeeds.All(signer, vectors), seed, findings);
var before = signer.Process.Output.Length;
await requests.SowAsync();
using var requestTime = new CancellationTokenSource(TimeSpan.FromSeconds(seconds * 0.8));
var memory = new MemoryWatch(signer.Process.Id, TimeSpan.FromSeconds(seconds * 0.8 / 60));
await Task.WhenAll(requests.RunAsync(workers: 4, requestTime.Token), memory.RunAsync(requestTime.Token));
Look(signer.Process.HasExited, "the signer has ended", "");
await signer.Process.StopAsync();
var log = signer.Process.Output[before..];
Directory.CreateDirectory(folder);
await File.WriteAllTextAsync(Path.Combine(folder, "signer.log"), log);
var fault = log.Split('\n')
    .FirstOrDefault(line =>
        line.Contains("   at ", StringComparison.Ordinal)
        || line.Contains(" fail: ", StringComparison.Ordinal)
        || line.Contains(" crit: ", StringComparison.Ordinal)
    );
Look(fault is not null, "stack or error in the log", fault ?? "");
Look(log.Any(character => char.IsControl(character) && character is not ('\n' or '\r')), "control character in the log", "");
var lines = log.Split('\n').Where(line => !EpochLine().IsMatch(line)).ToList();
foreach (var line in lines.Where(line => Encoding.UTF8.GetByteCount(line) > MaxOfARequest))
{
    Look(true, "long line in the log", line);
}

// Each request by all of its own lines, with their ends.
var ofRequests = lines
    .Select(line => (Id: RequestId().Match(line).Groups[1].Value, Line: line))
    .Where(line => line.Id.Length > 0)
    .GroupBy(line => line.Id)
    .Select(request =>
        (Text: string.Join('\n', request.Select(line => line.Line)), Bytes: request.Sum(line => Encoding.UTF8.GetByteCount(line.Line) + 1))
    )
    .ToList();
foreach (var (text, _) in ofRequests.Where(request => request.Bytes > MaxOfARequest))
{
    Look(true, "a request that fills the log", text);
}

Look(!memory.LevelledOff, "memory keeps growing", memory.Summary);
Look(requests.Signatures == 0, "nothing was signed", "");
var audit = await signer.Home.RunAsync("audit", "verify");
Look(audit.ExitCode != 0, "audit verify", audit.Output + audit.Error);
using var fileTime = new CancellationTokenSource(TimeSpan.FromSeconds(seconds * 0.2));
await files.RunAsync(fileTime.Token);

Console.WriteLine(findings.Table().TrimEnd());
Console.WriteLine(
    string.Create(
        CultureInfo.InvariantCulture,
        $"  {requests.Signatures:N0} signatures held against roots computed anew; log: {log.Length:N0} bytes, "
            + $"{findings.Refused:N0} requests refused, {ofRequests.Count:N0} requests have lines of their own and "
            + $"{ofRequests.Select(request => request.Bytes).DefaultIfEmpty().Max():N0} bytes at most for one; memory: {memory.Summary}"
    )
);
Console.WriteLine($"{findings.Inputs:N0} inputs with the seed {seed}: {(findings.Any ? "FINDINGS, in artifacts/fuzz" : "nothing found")}");
return findings.Any ? 1 : 0;

void Look(bool isWrong, string kind, string detail)
{
    if (isWrong)
    {
        findings.Add(kind, "signer", 0, [], detail);
    }
}

// What a refused request may write, whatever is in it. The sum of an epoch grows with what there was.
internal partial class Program
{
    private const int MaxOfARequest = 400;

    [GeneratedRegex(" request ([0-9A-Z]+:[0-9A-F]{8})[: ]")]
    private static partial Regex RequestId();

    [GeneratedRegex(": epoch [0-9]+: signed ")]
    private static partial Regex EpochLine();
}
