using RemoteSigner.Slashing;
using RemoteSigner.Spec;

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
        var record = new FenceRecord(now.VaultId, reading.Count, SignedBounds.Before(fence), now.VaultGeneration, null).EndedAt(now.End);
        await witness.WriteRecordAsync(reading, record.Write(keys.Record), cancellation);
        await slashing.RecordStartAsync(new LedgerStart(now.VaultId, reading.Identity, reading.Count, now.VaultGeneration), null);
    }

    /// <summary>
    /// Hands the fence over to another witness, which is made where it is not there yet; <paramref name="from"/> must just have vouched for this ledger. The
    /// ledger names the new one last: interrupted before that, the former one is still right.
    /// </summary>
    /// <exception cref="WitnessException">A witness failed; repeat it.</exception>
    public static async Task MoveAsync(IFreshnessWitness from, IFreshnessWitness to, FenceKeys keys, SlashingProtection slashing, CancellationToken cancellation = default)
    {
        var record = await from.ReadAsync(cancellation) is { } known ? FenceRecord.Read(known.Record.Span, keys.Record) : null;
        if (record is null)
        {
            throw new WitnessException(WitnessFault.Missing, $"the {from.Description} does not show the record it has just taken", "look at the device, then repeat the command");
        }

        if (await to.ReadAsync(cancellation) is null)
        {
            await to.CreateAsync(cancellation);
        }

        var reading = await to.ReadAsync(cancellation)
            ?? throw new WitnessException(WitnessFault.Missing, $"the {to.Description} does not show the witness it has just made", "look at the device, then repeat the command");
        await to.WriteRecordAsync(reading, (record with { Start = reading.Count }).Write(keys.Record), cancellation);
        await slashing.RecordStartAsync(new LedgerStart(record.VaultId, reading.Identity, reading.Count, record.VaultGeneration), null);

        await VoidAsync(from, cancellation);
    }

    /// <summary>Lets no witness go along from here on. Interrupted in between, the ledger is refused until a person clears it.</summary>
    /// <exception cref="WitnessException">The witness failed; repeat it.</exception>
    public static async Task LeaveAsync(IFreshnessWitness witness, SlashingProtection slashing, CancellationToken cancellation = default)
    {
        await VoidAsync(witness, cancellation);
        await slashing.ForgetStartAsync();
    }

    // It must not vouch for a copy from before it was left, nor for its own fence: such a copy is refused.
    private static async Task VoidAsync(IFreshnessWitness witness, CancellationToken cancellation)
    {
        var reading = await witness.ReadAsync(cancellation)
            ?? throw new WitnessException(WitnessFault.Missing, $"the {witness.Description} no longer shows its witness", "look at the device, then repeat the command");
        await witness.WriteRecordAsync(reading, new byte[FenceRecord.Length], cancellation);
    }
}
