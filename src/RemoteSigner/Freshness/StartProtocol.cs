using RemoteSigner.Consensus.Slashing;

namespace RemoteSigner.Freshness;

/// <summary>
/// Runs once for each time the signer starts: judges, writes the start into the ledger, lets the witness count it, and opens the fence. When the witness fails on the
/// way it may be run again and goes on where it stopped; a crash at any point is judged at the next start.
/// </summary>
/// <remarks><c>found</c> is the state before anything was written to the ledger: its own entries would make it look changed.</remarks>
public sealed class StartProtocol(IFreshnessWitness witness, FenceKeys keys, SlashingProtection slashing, FreshState found)
{
    private (StartDecision Decision, WitnessReading Before, FenceRecord Record)? _begun;

    /// <summary>Opens <paramref name="fence"/>, or closes it with the reason; what was decided.</summary>
    /// <exception cref="WitnessException">The witness failed; the fence is as it was.</exception>
    /// <exception cref="LedgerException">The start could not be written.</exception>
    public async Task<StartDecision> RunAsync(Fence fence, CancellationToken cancellation)
    {
        if (_begun is null)
        {
            var evidence = await found.HoldAgainstAsync(witness, keys, cancellation);
            var decision = StartRules.Decide(evidence);
            if (decision is StartDecision.Refuse(var refusal))
            {
                fence.Refuse(refusal);
                return decision;
            }

            _begun = (decision, evidence.Witness!, evidence.Record!);
        }

        var (decided, before, record) = _begun.Value;
        var start = before.Count + 1;
        await slashing.RecordStartAsync(new LedgerStart(found.VaultId, before.Identity, start, found.VaultGeneration), (decided as StartDecision.RaiseFloors)?.Floor);
        var running = record with { Start = start, VaultGeneration = found.VaultGeneration, CleanStop = null };
        RequireUnmoved(before, await CountAsync(start, cancellation), running);
        _ = await slashing.EndFloorIfCompleteAsync();
        if (record.VaultGeneration != found.VaultGeneration)
        {
            await witness.WriteRecordAsync(running.Write(keys.Record), cancellation);
        }

        fence.Open(witness, keys, running);
        return decided;
    }

    // A count whose answer was lost may have been made: it is read first, and never repeated blindly.
    private async Task<WitnessReading> CountAsync(ulong start, CancellationToken cancellation)
    {
        if ((await witness.ReadAsync(cancellation))?.Count == start - 1)
        {
            await witness.IncrementAsync(cancellation);
        }

        var reading = await witness.ReadAsync(cancellation);
        return reading?.Count == start ? reading : throw Shared($"the witness counts {reading?.Count} where {start} was expected");
    }

    // The floors are those of the fence that was read before counting; who moved it since did not know yet that his start is no longer the newest.
    private void RequireUnmoved(WitnessReading before, WitnessReading counted, FenceRecord running)
    {
        if (!counted.Record.Span.SequenceEqual(before.Record.Span) && !counted.Record.Span.SequenceEqual(running.Write(keys.Record)))
        {
            throw Shared("the fence was moved while this signer started");
        }
    }

    private static WitnessException Shared(string what) => new(WitnessFault.Tampered, what, "does another signer use the same witness? Stop it, then start again");
}
