namespace RemoteSigner.Benchmarks;

/// <summary>One kind of load, round after round, each compared with the raw signatures just before and after it.</summary>
internal sealed class LoadSeries(string name, Func<Task<SigningLoad.Result>> load, int cores)
{
    private readonly List<BenchRound> _rounds = [];

    /// <summary>Signatures before the rounds that count.</summary>
    public int WarmedUp { get; private set; }

    public int Signatures => _rounds.Sum(round => round.Served.Signatures);

    /// <summary>Of all rounds together.</summary>
    public SigningLoad.Result Total =>
        _rounds
            .Select(round => round.Served)
            .Aggregate(
                (one, other) =>
                    new SigningLoad.Result(
                        one.Signatures + other.Signatures,
                        one.Seconds + other.Seconds,
                        one.ServerCpu + other.ServerCpu,
                        one.ClientCpu + other.ClientCpu,
                        one.Written + other.Written
                    )
            );

    public double CpuRatio => Median(round => round.CpuRatio);

    /// <summary>This load's CPU ratios over those of <paramref name="other"/>, round by round.</summary>
    public IReadOnlyList<double> CpuRatiosTo(LoadSeries other) =>
        [.. _rounds.Zip(other._rounds, (mine, its) => mine.CpuRatio / its.CpuRatio).Order()];

    /// <summary>This load's CPU for a signature less that of <paramref name="other"/>, of a raw signature; round by round.</summary>
    public IReadOnlyList<double> CpuBeyond(LoadSeries other) =>
        [.. _rounds.Zip(other._rounds, (mine, its) => mine.CpuRatio - its.CpuRatio).Order()];

    /// <summary>One round that does not count.</summary>
    private async Task WarmUpAsync() => WarmedUp = (await load()).Signatures;

    /// <summary>
    /// So many rounds, the loads in turns: other tenants of the machine change its speed from second to second, so each is compared with
    /// the raw signatures just before and after it.
    /// </summary>
    public static async Task RunAllAsync(int rounds, int cores, params IReadOnlyList<LoadSeries> all)
    {
        foreach (var series in all)
        {
            await series.WarmUpAsync();
        }

        var raw = RawBlst.Measure(cores);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var series in all)
            {
                raw = await series.RunAsync(raw);
            }
        }
    }

    /// <summary>One round; returns the raw signatures after it, with which the next one begins.</summary>
    private async Task<RawBlst> RunAsync(RawBlst before)
    {
        var served = await load();
        var after = RawBlst.Measure(cores);
        var round = new BenchRound(before, served, after, cores);
        _rounds.Add(round);
        Console.WriteLine(
            $"{name, -16} raw blst {round.RawCpu * 1e6, 4:F0} µs, {round.RawPerSecond, 5:F0} per second; served "
                + $"{served.CpuPerSignature * 1e6, 4:F0} µs, {served.PerSecond, 5:F0} per "
                + $"second, client took {served.ClientCores:F2} of {cores} cores"
        );
        return after;
    }

    public double Median(Func<BenchRound, double> figure) => _rounds.Select(figure).Order().ElementAt(_rounds.Count / 2);
}
