using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Freshness;

/// <summary>
/// What a person may overrule on the console, one step at a time: a refusal becomes floors at the fence, and floors are taken away. No signer may run meanwhile.
/// </summary>
public static class Clearance
{
    /// <summary>
    /// After a refusal: takes vault, ledger and witness as they are, with floors at the fence, or at <paramref name="guess"/> where the record cannot be trusted to be
    /// the newest. Returns where the floors will stand.
    /// </summary>
    /// <exception cref="WitnessException">The witness failed; repeat it.</exception>
    public static async Task<SignedBounds> AdoptAsync(
        IFreshnessWitness witness, FenceKeys keys, SlashingProtection slashing, StartEvidence evidence, FreshnessRefusal refusal, Epoch guess, CancellationToken cancellation = default)
    {
        if (evidence.Witness is null)
        {
            await witness.CreateAsync(cancellation);
        }

        var reading = evidence.Witness ?? await witness.ReadAsync(cancellation)
            ?? throw new WitnessException(WitnessFault.Missing, $"the {witness.Description} does not show the witness it has just made", "look at the device, then repeat the command");
        var lost = FloorAfter(evidence, refusal.Reason, guess);
        await slashing.RecordStartAsync(
            new LedgerStart(evidence.VaultId, reading.Identity, reading.Count, evidence.VaultGeneration), new GlobalFloor(lost, $"a person cleared this: {refusal.Detail}"));
        await witness.WriteRecordAsync(reading, new FenceRecord(evidence.VaultId, reading.Count, lost, evidence.VaultGeneration, null).Write(keys.Record), cancellation);
        return lost;
    }

    /// <summary>Where the floors will stand when this refusal is cleared.</summary>
    public static SignedBounds FloorAfter(StartEvidence evidence, FreshnessReason reason, Epoch guess) => (reason, evidence.Record) switch
    {
        // The witness is the one that went along with every signature: its bounds are the newest. After a run without one, or with a record that is not the newest start's, they are not.
        (FreshnessReason.LedgerRolledBack or FreshnessReason.LedgerForeign or FreshnessReason.VaultRolledBack, { } record) when !evidence.IsRecordBehind => record.Bounds,
        (_, { } record) => record.Bounds.Join(SignedBounds.Before(guess)),
        _ => SignedBounds.Before(guess),
    };

    /// <summary>Takes the floors away and takes the ledger for the newest, whatever was lost: the next start serves at once.</summary>
    /// <param name="now">Where the ledger ends, the audit entry about this included.</param>
    /// <exception cref="WitnessException">The witness failed; repeat it.</exception>
    public static async Task LiftAsync(IFreshnessWitness witness, FenceKeys keys, SlashingProtection slashing, StartEvidence evidence, HistoryEnd now, CancellationToken cancellation = default)
    {
        await slashing.RemoveGlobalFloorAsync();
        var record = (evidence.Record! with { Start = evidence.Witness!.Count, VaultGeneration = evidence.VaultGeneration }).EndedAt(now);
        await witness.WriteRecordAsync(evidence.Witness, record.Write(keys.Record), cancellation);
    }
}
