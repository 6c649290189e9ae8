using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Consensus.Slashing;

public sealed partial class SlashingProtection
{
    /// <summary>
    /// Raises the low watermarks of all validators, or of those given by any of their public keys, to <paramref name="slot"/> and <paramref name="epoch"/>
    /// (source and target); never lowers one. Returns the number of validators it was applied to; unknown keys are not among them.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is past 2^63-1.</exception>
    public Task<int> RaiseLowWatermarkAsync(Slot? slot, Epoch? epoch, IReadOnlyCollection<BlsPublicKey>? only = null)
    {
        long? slotFloor = slot is { } s ? StoredNumber.From(s.Value) : null;
        long? epochFloor = epoch is { } e ? StoredNumber.From(e.Value) : null;
        return MaintainAsync(transaction =>
        {
            var validators = KeyRegister.All(transaction).Where(key => only?.Contains(key.Key) ?? true).Select(key => key.Validator).ToHashSet();
            foreach (var validator in validators)
            {
                HistoryFloors.Raise(transaction, validator, slotFloor, epochFloor, epochFloor);
            }

            return validators.Count;
        });
    }

    /// <summary>Where signing stops; null when it does not.</summary>
    public Task<HighWatermark?> GetHighWatermarkAsync() => _ledger.WriteAsync(transaction => transaction.Recall(ChainState.Load).High);

    /// <summary>Stops signing from this slot and epoch on, for all validators; null lets it go on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is past 2^63-1.</exception>
    public Task<HighWatermark?> SetHighWatermarkAsync(HighWatermark? watermark) => _ledger.WriteAsync(transaction =>
    {
        var state = transaction.Recall(ChainState.Load);
        var former = state.High;
        state.SetHigh(transaction, watermark);
        return former;
    });

    /// <summary>
    /// Drops blocks and votes older than <paramref name="keepEpochs"/> epochs before each validator's own newest; the floors rise to the newest that is dropped,
    /// so that whatever may be signed above them stays as it was. A validator that fails is reported, and the others go on.
    /// </summary>
    public async Task<PruneReport> PruneAsync(ulong keepEpochs)
    {
        await _maintenance.WaitAsync();
        try
        {
            var keys = await _ledger.WriteAsync(KeyRegister.All);
            var lines = new List<PruneReport.Line>();
            foreach (var validator in keys.GroupBy(key => key.Validator, key => key.Key))
            {
                lines.Add(await PruneAsync(validator.Key, [.. validator], keepEpochs));
            }

            return new PruneReport(lines);
        }
        finally
        {
            _maintenance.Release();
        }
    }

    private async Task<PruneReport.Line> PruneAsync(long validator, IReadOnlyList<BlsPublicKey> keys, ulong keepEpochs)
    {
        try
        {
            var (blocks, attestations) = await _ledger.WriteAsync(transaction =>
            {
                transaction.Forget();
                return HistoryPruning.Prune(transaction, validator, keepEpochs, _network.SlotsPerEpoch);
            });
            return new PruneReport.Line(keys, blocks, attestations, Failure: null);
        }
        catch (LedgerException e)
        {
            return new PruneReport.Line(keys, 0, 0, e);
        }
    }
}
