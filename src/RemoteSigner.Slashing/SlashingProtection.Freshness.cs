using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Slashing;

public sealed partial class SlashingProtection
{
    /// <summary>Whether the floor under all keys still stands in the way, as the votes since <see cref="WatchFloorAsync"/> show.</summary>
    public FloorWatch Floor { get; } = new();

    /// <summary>The floor under all keys, watched from here on; one that a vote on record has passed is in nobody's way.</summary>
    public async Task<GlobalFloor?> WatchFloorAsync()
    {
        var (floor, isPassed) = await _ledger.WriteAsync(transaction =>
            FloorOf(transaction) is { } standing ? (standing, HistoryStore.Of(transaction).Freshness.IsPassed(standing)) : (null, true)
        );
        Floor.Begin(floor, isPassed);
        return floor;
    }

    /// <summary>The newest start that this ledger knows of; null when it has none.</summary>
    public Task<LedgerStart?> GetStartAsync() => _ledger.WriteAsync(transaction => HistoryStore.Of(transaction).Freshness.Start);

    /// <summary>
    /// The floor under all keys; null when there is none. Once time has passed it, it refuses nothing that a key would still be asked for.
    /// </summary>
    public Task<GlobalFloor?> GetGlobalFloorAsync() => _ledger.WriteAsync(transaction => HistoryStore.Of(transaction).Freshness.Floor);

    /// <summary>How far the history reaches. Reads all records once.</summary>
    public Task<HistoryMarks> GetMarksAsync() => _ledger.ReadAsync(MarksOf);

    /// <summary>The same within work of the caller.</summary>
    public HistoryMarks MarksOf(LedgerTransaction transaction) => HistoryMarks.Of(transaction, _network.SlotsPerEpoch);

    /// <summary>The floor under all keys within work of the caller; null when there is none.</summary>
    public static GlobalFloor? FloorOf(LedgerTransaction transaction) => HistoryStore.Of(transaction).Freshness.Floor;

    /// <summary>The newest start, within work of the caller; null when the ledger knows none.</summary>
    public static LedgerStart? StartOf(LedgerTransaction transaction) => HistoryStore.Of(transaction).Freshness.Start;

    /// <summary>Notes a start and, in the same transaction, raises the floor under all keys; null leaves it as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is past 2^63-1.</exception>
    public Task RecordStartAsync(LedgerStart start, GlobalFloor? floor, EvidenceWriter<LedgerStart> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).Freshness;
            state.SetStart(start);
            if (floor is not null)
            {
                state.SetFloor(floor.Over(state.Floor));
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
            var state = HistoryStore.Of(transaction).Freshness;
            if (state.Start is { } start && start.VaultGeneration < generation)
            {
                state.SetStart(start with { VaultGeneration = generation });
            }

            return true;
        });

    /// <summary>
    /// Forgets the newest start, before runs that no witness counts: what they sign is before no fence, so a witness must not vouch for it
    /// later.
    /// </summary>
    public Task ForgetStartAsync(EvidenceWriter<LedgerStart?> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).Freshness;
            var former = state.Start;
            state.RemoveStart();
            evidence.Write(transaction, former);
            return true;
        });

    /// <summary>Raises the floor under all keys where nobody counts starts: only on the word of a person.</summary>
    public Task RaiseGlobalFloorAsync(GlobalFloor floor, EvidenceWriter<GlobalFloor> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).Freshness;
            state.SetFloor(floor.Over(state.Floor));
            evidence.Write(transaction, floor);
            return true;
        });

    /// <summary>Takes the floor under all keys away, whatever is lost: only on the word of a person. The floor that was there.</summary>
    public Task<GlobalFloor?> RemoveGlobalFloorAsync(EvidenceWriter<GlobalFloor?> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).Freshness;
            var former = state.Floor;
            state.SetFloor(null);
            evidence.Write(transaction, former);
            return former;
        });

    /// <summary>
    /// Ends the floor under all keys if the history before it is complete by its awaited marks: then each validator's own floors rise to
    /// its newest numbers, because the marks say how far the history reaches and not that nothing is missing in between. True when it did.
    /// </summary>
    public Task<bool> EndFloorIfCompleteAsync(EvidenceWriter<GlobalFloor> evidence) =>
        MaintainAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).Freshness;
            if (
                state.Floor is not { AwaitedMarks: { } awaited } floor
                || HistoryMarks.Of(transaction, _network.SlotsPerEpoch, floor.Fence).Digest != awaited
            )
            {
                return false;
            }

            HistoryFloors.RaiseToNewest(transaction);
            state.SetFloor(floor.Beneath is { } beneath ? new GlobalFloor(beneath, "an earlier unclean stop") : null);
            evidence.Write(transaction, floor);
            return true;
        });
}
