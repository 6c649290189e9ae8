using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>Shows on standard error how far the opening of keystores is: each takes about a second.</summary>
internal static class KeystoreProgress
{
    public static async Task<T> ShowAsync<T>(int count, Func<IProgress<int>, Task<T>> open)
    {
        T? opened = default;
        await StandardError
            .Screen.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("opening keystores", maxValue: Math.Max(1, count));
                opened = await open(new Direct(done => bar.Value = done));
            });
        return opened!;
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it reports in the order of the events.</summary>
    private sealed class Direct(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
