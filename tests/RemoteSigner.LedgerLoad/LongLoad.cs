using System.Diagnostics;
using RemoteSigner.Slashing;

namespace RemoteSigner.LedgerLoad;

/// <summary>
/// Days of many validators, one commit for the votes of each slot, with the pruning of a signer that serves (every half day, 512 epochs are
/// kept): how large the ledger becomes, and how long a commit takes at the end against the beginning. Slots follow one another at once, and
/// while the history is pruned one comes a second, a dozen times as often as on chain.
/// </summary>
public static class LongLoad
{
    private const int SlotsPerEpoch = 32;
    private const ulong KeptEpochs = 512;
    private const int EpochsPerPruning = 112;
    private const int EpochsPerDay = 225;

    /// <summary>Runs so many epochs on a new ledger.</summary>
    public static async Task<LongFigures> RunAsync(string file, int validators, int epochs)
    {
        await using var signer = await LoadSigner.OpenAsync(file);
        ProtectedKey[] keys = [.. Enumerable.Range(0, validators).Select(LoadSigner.Key)];
        if (await signer.Slashing.RegisterAllAsync(keys, DeclaredHistory.NeverSigned) is { } refused)
        {
            throw new InvalidOperationException($"a key was refused: {refused.Reason}");
        }

        var (commits, sizes, longest) = (new List<double>[epochs], new long[epochs], TimeSpan.Zero);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            commits[epoch] = [];
            var pruning = epoch > 0 && epoch % EpochsPerPruning == 0 ? PruneAsync(signer) : Task.FromResult(TimeSpan.Zero);
            for (var slot = 0; slot < SlotsPerEpoch; slot++)
            {
                commits[epoch].Add(await SignAsync(signer, keys, epoch, slot));
                if (!pruning.IsCompleted)
                {
                    await Task.WhenAny(pruning, Task.Delay(TimeSpan.FromSeconds(1)));
                }
            }

            longest = await pruning > longest ? await pruning : longest;
            sizes[epoch] = new FileInfo(file).Length;
        }

        // The records are as many as before once the pruning has begun: what grows then are entries.
        var day = Math.Min(EpochsPerDay, epochs / 2);
        return new LongFigures(
            sizes[^1],
            (double)(sizes[^1] - sizes[^day]) / ((day - 1) * validators),
            (long)epochs * validators,
            At99(commits[..day]),
            At99(commits[^day..]),
            longest
        );
    }

    private static async Task<double> SignAsync(LoadSigner signer, ProtectedKey[] keys, int epoch, int slot)
    {
        // A vote is rooted once for its slot, as in a batch.
        var vote = LoadSigner.Vote((ulong)epoch + 1, (byte)slot);
        var message = vote.WithRoot(signer.Network);
        PermitRequest[] requests = [.. keys.Where((_, i) => i % SlotsPerEpoch == slot).Select(key => signer.Ask(key, vote, message))];
        var started = Stopwatch.GetTimestamp();
        var decisions = await signer.Slashing.RequestAsync(requests);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return decisions.All(decision => decision is PermitDecision.Granted { AlreadySigned: false })
            ? elapsed
            : throw new InvalidOperationException($"a vote of slot {slot} in epoch {epoch} was refused");
    }

    private static async Task<TimeSpan> PruneAsync(LoadSigner signer)
    {
        var started = Stopwatch.GetTimestamp();
        await signer.Slashing.PruneAsync(KeptEpochs);
        return Stopwatch.GetElapsedTime(started);
    }

    private static double At99(List<double>[] epochs)
    {
        double[] sorted = [.. epochs.SelectMany(epoch => epoch).Order()];
        return sorted[(int)((sorted.Length - 1) * 0.99)];
    }
}

/// <summary>What became of the ledger.</summary>
/// <param name="Bytes">Its size at the end.</param>
/// <param name="EntryBytesPerVote">How much it grew in the last day for each vote.</param>
/// <param name="Votes">How many there were.</param>
/// <param name="FirstDayP99">Of its commits, in milliseconds.</param>
/// <param name="LastDayP99">The same of the last day, with the pruning in it.</param>
/// <param name="LongestPruning">How long a pruning took at most, beside the signing.</param>
public sealed record LongFigures(
    long Bytes,
    double EntryBytesPerVote,
    long Votes,
    double FirstDayP99,
    double LastDayP99,
    TimeSpan LongestPruning
);
