using RemoteSigner.Benchmarks;

namespace RemoteSigner.Tests.Benchmarks;

/// <summary>The gate of the benchmark, with made histories: the usual ratio is 10, and 0.2 where less is better.</summary>
public sealed class HistoryTests
{
    private static readonly string[] _history = [Run(9, 0.21), Run(10, 0.2), Run(12, 0.18), Run(1, 9, cores: 64), Run(1, 9, isQuick: true)];

    [Fact]
    public void A_run_within_the_tolerance_passes()
    {
        Assert.Empty(History.Regressions(_history, Run(7.5, 0.25)));
        Assert.Empty(History.Regressions(_history, Run(100, 0.001)));
    }

    [Fact]
    public void A_figure_beyond_it_is_named_with_both_values()
    {
        Assert.Equal(["batchThroughputRatio is 7.4, and was 10 in 3 runs before"], History.Regressions(_history, Run(7.4, 0.2)));
        Assert.Equal(["ownCpuRatio is 0.26, and was 0.2 in 3 runs before"], History.Regressions(_history, Run(10, 0.26)));
    }

    [Fact]
    public void Two_runs_of_a_kind_of_machine_judge_nothing()
    {
        Assert.Empty(History.Regressions(_history[..2], Run(1, 9)));
        Assert.Empty(History.Regressions(_history, Run(0.1, 90, cores: 64)));
    }

    [Fact]
    public void The_usual_of_an_even_number_of_runs_lies_between_the_two_in_the_middle() =>
        Assert.Equal(
            ["batchThroughputRatio is 8.2, and was 11 in 4 runs before"],
            History.Regressions([.. _history, Run(14, 0.2)], Run(8.2, 0.2))
        );

    [Fact]
    public void A_figure_that_was_not_measured_before_judges_nothing() =>
        Assert.Empty(History.Regressions(_history, History.Line("c", "2026-12-01", "any", 2, false, [("new", 1, true)])));

    [Fact]
    public void A_line_that_is_no_run_is_refused() => Assert.Throws<FormatException>(() => History.Regressions(["7"], Run(1, 1)));

    [Fact]
    public void The_kept_history_reads()
    {
        var kept = File.ReadAllLines(Path.Combine(House.HouseTests.Root(), "tests", "RemoteSigner.Benchmarks", "history.jsonl"));

        Assert.NotEmpty(kept);
        Assert.All(kept, line => Assert.Empty(History.Regressions([], line)));
    }

    private static string Run(double batch, double cpu, int cores = 2, bool isQuick = false) =>
        History.Line("c", "2026-12-01", "any", cores, isQuick, [("batchThroughputRatio", batch, true), ("ownCpuRatio", cpu, false)]);
}
