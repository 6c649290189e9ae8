using System.Globalization;
using RemoteSigner.Ledgers;

namespace RemoteSigner.Host.Running;

/// <summary>
/// Asks the ledger whether it still takes a write, once for all who want to know: at most one probe is under way, whoever asks meanwhile
/// waits for that one, and its result serves for a while. So health, which anybody may ask as often as he likes, costs the disk next to
/// nothing, and behind a disk that hangs one probe waits and no queue grows.
/// </summary>
internal sealed class LedgerProbe(Ledger ledger, TimeProvider time)
{
    /// <summary>How long a result serves.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(2);

    // From when the probe was begun: those who come later do not wait as long again.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private Probe? _newest;

    /// <summary>What is wrong with the ledger; null when it writes and no write has failed since as large a one succeeded.</summary>
    public async Task<LedgerReading> ReadAsync()
    {
        // Before the probe, whose success may end it: of two looks between which a write failed, one has to tell.
        var failure = ledger.LastFailure?.Message;
        var probe = Newest();
        var left = _timeout - time.GetElapsedTime(probe.Begun);
        try
        {
            var problem = await probe.Ended.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            return new LedgerReading(failure ?? problem, time.GetElapsedTime(probe.EndedAt));
        }
        catch (TimeoutException)
        {
            var waited = time.GetElapsedTime(probe.Begun);
            return new LedgerReading(
                failure ?? $"a write has not ended for {waited.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s",
                waited
            );
        }
    }

    public async Task<HealthReport.Check> CheckAsync()
    {
        var (problem, age) = await ReadAsync();
        return HealthReport.Check.Of(
            "slashing-protection-db-health-check",
            problem is null,
            new HealthReport.CheckFigures(AgeSeconds: Math.Round(age.TotalSeconds, 1), Detail: problem)
        );
    }

    private Probe Newest()
    {
        lock (_gate)
        {
            if (_newest is null || (_newest.Ended.IsCompleted && time.GetElapsedTime(_newest.EndedAt) >= GoodFor))
            {
                _newest = new Probe(ledger, time);
            }

            return _newest;
        }
    }

    private sealed class Probe
    {
        private readonly TimeProvider _time;
        private long _endedAt;

        public Probe(Ledger ledger, TimeProvider time)
        {
            (_time, Begun) = (time, time.GetTimestamp());
            Ended = RunAsync(ledger);
        }

        public long Begun { get; }

        /// <summary>With what went wrong, or null.</summary>
        public Task<string?> Ended { get; }

        public long EndedAt => Volatile.Read(ref _endedAt);

        private async Task<string?> RunAsync(Ledger ledger)
        {
            string? problem = null;
            try
            {
                await ledger.ProbeAsync();
            }
            catch (LedgerException exception)
            {
                problem = exception.Message;
            }

            Volatile.Write(ref _endedAt, _time.GetTimestamp());
            return problem;
        }
    }
}
