using Prometheus;

namespace RemoteSigner.Host.Running;

/// <summary>A metric as scrapers see it.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Help">What it counts, and in which unit.</param>
/// <param name="Labels">Names of its labels.</param>
internal sealed record Metric(string Name, MetricType Type, string Help, params string[] Labels)
{
    public Counter Counter(MetricFactory factory) => factory.CreateCounter(Name, Help, Labels);

    public Gauge Gauge(MetricFactory factory) => factory.CreateGauge(Name, Help, Labels);

    public Summary Summary(MetricFactory factory, SummaryConfiguration quantiles) => factory.CreateSummary(Name, Help, Labels, quantiles);
}

/// <summary>The types of metrics in use.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Summary,
}
