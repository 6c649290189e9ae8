namespace RemoteSigner.Benchmarks;

/// <summary>Served signatures between two rounds of raw ones.</summary>
internal sealed record BenchRound(RawBlst Before, SigningLoad.Result Served, RawBlst After, int Cores)
{
    /// <summary>CPU seconds of a raw signature.</summary>
    public double RawCpu => (Before.CpuSeconds + After.CpuSeconds) / 2;

    /// <summary>What was reached, on a machine that others use as well.</summary>
    public double RawPerSecond => (Before.PerSecond + After.PerSecond) / 2;

    /// <summary>
    /// What all cores would sign if nobody else used them: a disturbed raw round must not flatter what is compared with it.
    /// </summary>
    public double RawAtBest => Cores / RawCpu;

    public double CpuRatio => Served.CpuPerSignature / RawCpu;

    /// <summary>Of all cores, the client's share included.</summary>
    public double WholeThroughputRatio => Served.PerSecond / RawAtBest;

    /// <summary>The client's share of the machine is not the server's to use.</summary>
    public double ThroughputRatio => WholeThroughputRatio * Cores / (Cores - Served.ClientCores);
}
