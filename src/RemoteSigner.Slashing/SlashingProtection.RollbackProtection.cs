using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Slashing;

public sealed partial class SlashingProtection
{
    /// <summary>
    /// Whether the low watermark under all keys still stands in the way, as the votes since <see cref="WatchLowWatermarkAsync"/> show.
    /// </summary>
    public LowWatermarkWatch LowWatermark { get; } = new();

    /// <summary>The low watermark under all keys, watched from here on; one that a vote on record has passed is in nobody's way.</summary>
    public async Task<GlobalLowWatermark?> WatchLowWatermarkAsync()
    {
        var (lowWatermark, isPassed) = await _ledger.WriteAsync(transaction =>
            LowWatermarkOf(transaction) is { } standing
                ? (standing, HistoryStore.Of(transaction).RollbackProtection.IsPassed(standing))
                : (null, true)
        );
        LowWatermark.Begin(lowWatermark, isPassed);
        return lowWatermark;
    }

    /// <summary>The newest start that this ledger knows of; null when it has none.</summary>
    public Task<LedgerStart?> GetStartAsync() => _ledger.WriteAsync(transaction => HistoryStore.Of(transaction).RollbackProtection.Start);

    /// <summary>
    /// The low watermark under all keys; null when there is none. Once time has passed it, it refuses nothing that a key would still be
    /// asked for.
    /// </summary>
    public Task<GlobalLowWatermark?> GetGlobalLowWatermarkAsync() =>
        _ledger.WriteAsync(transaction => HistoryStore.Of(transaction).RollbackProtection.LowWatermark);

    /// <summary>How far the history reaches. Reads all records once.</summary>
    public Task<HistoryMarks> GetMarksAsync() => _ledger.ReadAsync(MarksOf);

    /// <summary>The same within work of the caller.</summary>
    public HistoryMarks MarksOf(LedgerTransaction transaction) => HistoryMarks.Of(transaction, Network.SlotsPerEpoch);

    /// <summary>The low watermark under all keys within work of the caller; null when there is none.</summary>
    public static GlobalLowWatermark? LowWatermarkOf(LedgerTransaction transaction) =>
        HistoryStore.Of(transaction).RollbackProtection.LowWatermark;

    /// <summary>The newest start, within work of the caller; null when the ledger knows none.</summary>
    public static LedgerStart? StartOf(LedgerTransaction transaction) => HistoryStore.Of(transaction).RollbackProtection.Start;

    /// <summary>Notes a start and, in the same transaction, raises the low watermark under all keys; null leaves it as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is past 2^63-1.</exception>
    public Task RecordStartAsync(LedgerStart start, GlobalLowWatermark? lowWatermark, EvidenceWriter<LedgerStart> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).RollbackProtection;
            state.SetStart(start);
            if (lowWatermark is not null)
            {
                state.SetLowWatermark(lowWatermark.Over(state.LowWatermark));
            }

            evidence.Write(transaction, start);
            return true;
        });

    /// <summary>
    /// After an act changed the vault: its generation, so that the former vault put back is noticed. The act's own entry is on record; a
    /// number that is not newer changes nothing.
    /// </summary>
    public Task FollowVaultAsync(ulong generation) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).RollbackProtection;
            if (state.Start is { } start && start.VaultGeneration < generation)
            {
                state.SetStart(start with { VaultGeneration = generation });
            }

            return true;
        });

    /// <summary>
    /// Forgets the newest start, before runs that no anchor counts: what they sign is before no fence, so an anchor must not vouch for it
    /// later.
    /// </summary>
    public Task ForgetStartAsync(EvidenceWriter<LedgerStart?> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).RollbackProtection;
            var former = state.Start;
            state.RemoveStart();
            evidence.Write(transaction, former);
            return true;
        });

    /// <summary>Raises the low watermark under all keys where nobody counts starts: only on the word of a person.</summary>
    public Task RaiseGlobalLowWatermarkAsync(GlobalLowWatermark lowWatermark, EvidenceWriter<GlobalLowWatermark> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).RollbackProtection;
            state.SetLowWatermark(lowWatermark.Over(state.LowWatermark));
            evidence.Write(transaction, lowWatermark);
            return true;
        });

    /// <summary>
    /// Takes the low watermark under all keys away, whatever is lost: only on the word of a person. The low watermark that was there.
    /// </summary>
    public Task<GlobalLowWatermark?> RemoveGlobalLowWatermarkAsync(EvidenceWriter<GlobalLowWatermark?> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).RollbackProtection;
            var former = state.LowWatermark;
            state.SetLowWatermark(null);
            evidence.Write(transaction, former);
            return former;
        });

    /// <summary>
    /// Ends the low watermark under all keys if the history before it is complete by its awaited marks: then each validator's own low
    /// watermarks rise to its newest numbers, because the marks say how far the history reaches and not that nothing is missing in between.
    /// True when it did.
    /// </summary>
    public Task<bool> EndLowWatermarkIfCompleteAsync(EvidenceWriter<GlobalLowWatermark> evidence) =>
        MaintainAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).RollbackProtection;
            if (
                state.LowWatermark is not { AwaitedMarks: { } awaited } lowWatermark
                || HistoryMarks.Of(transaction, Network.SlotsPerEpoch, lowWatermark.Fence).Digest != awaited
            )
            {
                return false;
            }

            HistoryLowWatermarks.RaiseToNewest(transaction);
            state.SetLowWatermark(lowWatermark.Beneath is { } beneath ? new GlobalLowWatermark(beneath, "an earlier unclean stop") : null);
            evidence.Write(transaction, lowWatermark);
            return true;
        });
}
