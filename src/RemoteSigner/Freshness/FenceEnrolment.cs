using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;

namespace RemoteSigner.Freshness;

/// <summary>Makes the witness of a data directory, for a signer that is new or comes from before there was a fence. No signer may run meanwhile.</summary>
public static class FenceEnrolment
{
    /// <summary>The next start serves at once: the ledger is taken for the newest, on the operator's word.</summary>
    /// <param name="now">The state with everything written that belongs to it, the audit entry about this included.</param>
    /// <param name="fence">The first epoch past all that was signed.</param>
    /// <exception cref="WitnessException">There is a witness for this vault already, or it cannot be made.</exception>
    public static async Task EnrolAsync(IFreshnessWitness witness, FenceKeys keys, SlashingProtection slashing, FreshState now, Epoch fence, CancellationToken cancellation = default)
    {
        await witness.CreateAsync(cancellation);
        var reading = await witness.ReadAsync(cancellation)
            ?? throw new WitnessException(WitnessFault.Missing, $"the {witness.Description} does not show the witness it has just made", "look at the device, then repeat the command");
        var record = new FenceRecord(now.VaultId, reading.Count, fence, now.VaultGeneration, now.End);
        await witness.WriteRecordAsync(record.Write(keys.Record), cancellation);
        await slashing.RecordStartAsync(new LedgerStart(now.VaultId, reading.Identity, reading.Count, now.VaultGeneration), null);
    }
}
