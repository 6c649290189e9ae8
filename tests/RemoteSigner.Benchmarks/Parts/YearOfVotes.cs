using RemoteSigner.LedgerLoad;

namespace RemoteSigner.Benchmarks;

/// <summary>
/// The ledger in the long run. Records are pruned to 512 epochs, so that four days show what a year does: the last of them has as many
/// records as any later one. What grows are the audit entries.
/// </summary>
internal static class YearOfVotes
{
    private const double EpochsPerYear = 82_181;

    public static async Task MeasureAsync(Bench bench)
    {
        var (validators, epochs) = (bench.Of(10_000, 1_000), bench.Of(900, 40));
        var folder = Directory.CreateDirectory(bench.NewFolder("year")).FullName;
        var figures = await LongLoad.RunAsync(Path.Combine(folder, "ledger.db"), validators, epochs);
        var entries = figures.EntryBytesPerVote * figures.Votes;
        bench.Report.Add(
            "yearDatabaseMiB",
            (figures.Bytes - entries) / (1 << 20),
            "bounded",
            $"slashing records of {validators} validators after {epochs} epochs with 512 kept; audit entries beside: "
                + $"{figures.EntryBytesPerVote:F1} bytes a vote, "
                + $"{figures.EntryBytesPerVote * validators * EpochsPerYear / (1 << 30):F1} GiB a year if no segment were dropped"
        );
        bench.Report.Add(
            "yearCommitP99Ratio",
            figures.LastDayP99 / figures.FirstDayP99,
            "≤ 1.1",
            $"p99 of the last day's commits {figures.LastDayP99:F1} ms, of the first day's {figures.FirstDayP99:F1} "
                + $"ms; the longest pruning took {figures.LongestPruning.TotalSeconds:F1} s beside them"
        );
        Directory.Delete(folder, recursive: true);
    }
}
