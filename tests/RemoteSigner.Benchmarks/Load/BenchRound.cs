namespace RemoteSigner.Benchmarks;

/// <summary>Served signatures between two rounds of raw ones.</summary>
internal sealed record BenchRound(RawBlst Before, SigningLoad.Result Served, RawBlst After, int Cores)
{
    /// <summary>CPU seconds of a raw signature.</summary>
    public double RawCpu => (Before.CpuSeconds + After.CpuSeconds) / 2;

    public double RawPerSecond => (Before.PerSecond + After.PerSecond) / 2;

    public double CpuRatio => Served.CpuPerSignature / RawCpu;

    /// <summary>The client's share of the machine is not the server's to use.</summary>
    public double ThroughputRatio => Served.PerSecond / (RawPerSecond * (Cores - Served.ClientCores) / Cores);
}
