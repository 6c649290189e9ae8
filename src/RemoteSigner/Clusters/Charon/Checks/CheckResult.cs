namespace RemoteSigner.Clusters.Charon;

/// <summary>One check and how it ended.</summary>
public sealed record CheckResult(ClusterCheck Check, CheckVerdict Verdict);
