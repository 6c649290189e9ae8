using System.Diagnostics;
using System.Globalization;
using RemoteSigner.Slashing;

namespace RemoteSigner.LedgerLoad;

/// <summary>
/// Measures a decision with its audit entry: 64 callers, each the only one of its validator, votes that are new each time.
/// </summary>
internal static class SpeedLoad
{
    private const int Callers = 64;
    private const int Votes = 2000;

    public static async Task<int> RunAsync(string file)
    {
        await using var signer = await LoadSigner.OpenAsync(file, Callers);
        await SignAsync(signer, 1, 500);
        var (commits, cpu, writer, wall) = (
            signer.Ledger.Commits,
            Process.GetCurrentProcess().TotalProcessorTime,
            WriterTime(),
            Stopwatch.GetTimestamp()
        );
        await SignAsync(signer, 501, Votes);
        var decisions = Callers * Votes;
        var (processTime, writerTime, wallTime) = (
            Process.GetCurrentProcess().TotalProcessorTime - cpu,
            WriterTime() - writer,
            Stopwatch.GetElapsedTime(wall)
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"decisions {decisions}, batch {decisions / (double)(signer.Ledger.Commits - commits):F1}, process "
                    + $"{processTime.TotalMicroseconds / decisions:F1} us, writer "
                    + $"{writerTime.TotalMicroseconds / decisions:F1} us, wall {wallTime.TotalMicroseconds / decisions:F1} us per decision"
            )
        );
        return 0;
    }

    private static Task SignAsync(LoadSigner signer, ulong first, int count) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        for (var epoch = first; epoch < first + (ulong)count; epoch++)
                        {
                            if (await signer.RequestAsync(LoadSigner.Key(i), LoadSigner.Vote(epoch, 0)) is not PermitDecision.Granted)
                            {
                                throw new InvalidOperationException($"the vote for epoch {epoch} was refused");
                            }
                        }
                    })
                )
        );

    /// <summary>
    /// The processor time of the ledger's writer thread, by its name in /proc (cut to 15 letters there); utime and stime, in ticks of 10
    /// ms.
    /// </summary>
    private static TimeSpan WriterTime()
    {
        foreach (var thread in Directory.GetDirectories("/proc/self/task"))
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            if (stat.Contains("(ledger writer)", StringComparison.Ordinal))
            {
                var fields = stat[(stat.IndexOf(')', StringComparison.Ordinal) + 2)..].Split(' ');
                return TimeSpan.FromMilliseconds(
                    10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture))
                );
            }
        }

        return default;
    }
}
