namespace RemoteSigner.Host.Running;

/// <summary>What health says about the archive.</summary>
internal static class ArchiveHealth
{
    private const int MaxNamed = 3;

    /// <summary>
    /// Never down: duties go on. The state is <c>sound</c> or <c>degraded</c>; so is the status where open shares want a document, because
    /// without it their registrations and deposits are refused, and where the SSV operator's key does not open.
    /// </summary>
    public static HealthReport.Check Check(ArchiveWatch watch)
    {
        var (findings, wantsDocument) = watch.Read();
        return HealthReport.Check.Of(
            "archive-check",
            wantsDocument ? HealthReport.Degraded : HealthReport.Up,
            new HealthReport.CheckFigures(
                State: findings.Count == 0 ? "sound" : "degraded",
                Detail: findings.Count == 0 ? null : Brief(findings)
            )
        );
    }

    private static string Brief(IReadOnlyList<string> findings) =>
        string.Join("; ", findings.Take(MaxNamed))
        + (findings.Count > MaxNamed ? $"; and {findings.Count - MaxNamed} more, see 'remote-signer cluster list' and the log" : "");
}
