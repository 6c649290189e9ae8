namespace RemoteSigner.Benchmarks;

/// <summary>One kind of load, round after round, each compared with the raw signatures just before and after it.</summary>
internal sealed class LoadSeries(string name, SigningLoad load, int cores)
{
    private static readonly TimeSpan _length = TimeSpan.FromSeconds(3);

    private readonly List<BenchRound> _rounds = [];

    public int Signatures => _rounds.Sum(round => round.Served.Signatures);

    public double CpuRatio => Median(round => round.CpuRatio);

    /// <summary>This load's CPU ratios over those of <paramref name="other"/>, round by round.</summary>
    public IReadOnlyList<double> CpuRatiosTo(LoadSeries other) => [.. _rounds.Zip(other._rounds, (mine, its) => mine.CpuRatio / its.CpuRatio).Order()];

    /// <summary>One round that does not count.</summary>
    public Task WarmUpAsync() => load.RunAsync(_length);

    /// <summary>One round; returns the raw signatures after it, with which the next one begins.</summary>
    public async Task<RawBlst> RunAsync(RawBlst before)
    {
        var served = await load.RunAsync(_length);
        var after = RawBlst.Measure(cores);
        var round = new BenchRound(before, served, after, cores);
        _rounds.Add(round);
        Console.WriteLine($"{name,-16} raw blst {round.RawCpu * 1e6,4:F0} µs, {round.RawPerSecond,5:F0} per second; served {served.CpuPerSignature * 1e6,4:F0} µs, {served.PerSecond,5:F0} per second, client took {served.ClientCores:F2} of {cores} cores");
        return after;
    }

    public double Median(Func<BenchRound, double> figure) => _rounds.Select(figure).Order().ElementAt(_rounds.Count / 2);
}
