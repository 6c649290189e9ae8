using RemoteSigner.Benchmarks;

// ONLY=NAME,… runs these parts alone; QUICK=1 a small version of those that the second column marks, in about a minute. FORMER, BATCH and
// PUSHED: see the parts.
(string Name, bool IsQuick, Func<Bench, Task> MeasureAsync)[] parts =
[
    ("sameroot", true, SameRootInMemory.MeasureAsync),
    ("timing", true, TimingOfScalars.MeasureAsync),
    ("batch", true, BatchOfASlot.MeasureAsync),
    ("burst", true, BurstOfASlot.MeasureAsync),
    ("distinct", true, DistinctRoots.MeasureAsync),
    ("heap", true, HeapInTheLongRun.MeasureAsync),
    ("bytes", true, BytesOnDisk.MeasureAsync),
    ("pushed", true, PushedShares.MeasureAsync),
    ("start", true, StartAtScale.MeasureAsync),
    ("interchange", true, InterchangeAtScale.MeasureAsync),
    ("year", true, YearOfVotes.MeasureAsync),
    ("beside", false, OlderParts.MeasureBesideAsync),
    ("keystores", false, OlderParts.MeasureKeystoresAsync),
    ("tpm", false, OlderParts.MeasureTpmAsync),
    ("connect", false, OlderParts.MeasureConnectAsync),
    ("ssv", false, OlderParts.MeasureSsvAsync),
    ("charon", false, OlderParts.MeasureCharonAsync),
];

var only = Environment.GetEnvironmentVariable("ONLY")?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
if (only.Except(parts.Select(part => part.Name)).ToList() is { Count: > 0 } unknown)
{
    Console.Error.WriteLine($"bench: error: no part is called {string.Join(" or ", unknown)}");
    Console.Error.WriteLine($"bench: hint: ONLY takes {string.Join(", ", parts.Select(part => part.Name))}");
    return 2;
}

using var bench = new Bench();
bench.Report.Add(
    "rawMicrosecondsPerSignatureOneCoreAlone",
    RawBlst.Measure(1).CpuSeconds * 1e6,
    about: "blst's hash to curve, sign and compress, one core, nothing around"
);
var all = RawBlst.Measure(bench.Cores);
bench.Report.Add("rawMicrosecondsPerSignature", all.CpuSeconds * 1e6, about: "all cores at once");
bench.Report.Add("rawSignaturesPerSecond", all.PerSecond, about: "all cores at once");
foreach (var (name, isQuick, measureAsync) in parts)
{
    if (only.Length > 0 ? only.Contains(name) : isQuick || !bench.IsQuick)
    {
        Console.WriteLine($"-- {name}");
        await measureAsync(bench);
    }
}

bench.Report.Print();
await bench.Report.WriteAsync();
if (Environment.GetEnvironmentVariable("PAGE") == "1" && !bench.IsQuick)
{
    await bench.Report.WritePageAsync();
}

return await bench.Report.KeepAsync() ? 0 : 1;
