using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

public sealed partial class SlashingProtection
{
    // Some milliseconds of the writer with half a day of votes each.
    private const int ValidatorsPerLot = 16;

    /// <summary>
    /// Raises the low watermarks of all validators, or of those given by any of their public keys, to <paramref name="slot"/> and
    /// <paramref name="epoch"/> (source and target); never lowers one. Returns the number of validators it was applied to; unknown keys are
    /// not among them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is past 2^63-1.</exception>
    public Task<int> RaiseLowWatermarkAsync(Slot? slot, Epoch? epoch, IReadOnlyCollection<BlsPublicKey>? only, EvidenceWriter<int> evidence)
    {
        long? slotLowWatermark = slot is { } s ? StoredNumber.From(s.Value) : null;
        long? epochLowWatermark = epoch is { } e ? StoredNumber.From(e.Value) : null;
        return MaintainAsync(transaction =>
        {
            if (only is null)
            {
                RecentVotes.GatherAll(transaction);
            }

            var validators = KeyTable
                .All(transaction)
                .Where(key => only?.Contains(key.Key) ?? true)
                .Select(key => key.Validator)
                .ToHashSet();
            foreach (var validator in validators)
            {
                _ = HistoryLowWatermarks.Raise(transaction, validator, slotLowWatermark, epochLowWatermark, epochLowWatermark);
            }

            if (validators.Count > 0)
            {
                evidence.Write(transaction, validators.Count);
            }

            return validators.Count;
        });
    }

    /// <summary>Where signing stops; null when it does not.</summary>
    public Task<HighWatermark?> GetHighWatermarkAsync() => _ledger.WriteAsync(transaction => HistoryStore.Of(transaction).Chain.High);

    /// <summary>Stops signing from this slot and epoch on, for all validators; null lets it go on. The one that was set before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is past 2^63-1.</exception>
    public Task<HighWatermark?> SetHighWatermarkAsync(HighWatermark? watermark, EvidenceWriter<HighWatermark?> evidence) =>
        _ledger.WriteAsync(transaction =>
        {
            var state = HistoryStore.Of(transaction).Chain;
            var former = state.High;
            state.SetHigh(watermark);
            evidence.Write(transaction, former);
            return former;
        });

    /// <summary>
    /// Drops blocks and votes older than <paramref name="keepEpochs"/> epochs before each validator's own newest; the low watermarks rise
    /// to the newest that is dropped, so that whatever may be signed above them stays as it was. Some validators at a time, so that signing
    /// goes on: each lot is one transaction with its evidence, where anything was dropped. A lot that fails is reported, and the others go
    /// on.
    /// </summary>
    public async Task<PruneReport> PruneAsync(ulong keepEpochs, EvidenceWriter<PruneReport> evidence)
    {
        await _maintenance.WaitAsync();
        try
        {
            var keys = await _ledger.WriteAsync(KeyTable.All);
            var lines = new List<PruneReport.Line>();
            foreach (var lot in keys.GroupBy(key => key.Validator, key => key.Key).Chunk(ValidatorsPerLot))
            {
                lines.AddRange(await PruneAsync(lot, keepEpochs, evidence));
            }

            return new PruneReport(lines);
        }
        finally
        {
            _maintenance.Release();
        }
    }

    private async Task<IReadOnlyList<PruneReport.Line>> PruneAsync(
        IGrouping<long, BlsPublicKey>[] lot,
        ulong keepEpochs,
        EvidenceWriter<PruneReport> evidence
    )
    {
        try
        {
            return await _ledger.WriteAsync(transaction =>
            {
                long[] validators = Array.ConvertAll(lot, validator => validator.Key);
                var pruning = new HistoryPruning(transaction, validators, keepEpochs, Network.SlotsPerEpoch);
                List<PruneReport.Line> lines = [.. lot.Select(validator => Prune(transaction, pruning, validator))];
                HistoryStore.Of(transaction).Refresh(validators);
                if (lines.Exists(line => line.BlocksDropped + line.AttestationsDropped > 0))
                {
                    evidence.Write(transaction, new PruneReport(lines));
                }

                return lines;
            });
        }
        catch (LedgerException e)
        {
            return [.. lot.Select(validator => new PruneReport.Line([.. validator], 0, 0, e))];
        }
    }

    private static PruneReport.Line Prune(LedgerTransaction transaction, HistoryPruning pruning, IGrouping<long, BlsPublicKey> validator)
    {
        try
        {
            var (blocks, attestations) = transaction.Attempt(() => pruning.Prune(validator.Key));
            return new PruneReport.Line([.. validator], blocks, attestations, Failure: null);
        }
        catch (LedgerException e) when (e.Fault is not LedgerFault.DiskFailure && !transaction.IsOver)
        {
            return new PruneReport.Line([.. validator], 0, 0, e);
        }
    }
}
