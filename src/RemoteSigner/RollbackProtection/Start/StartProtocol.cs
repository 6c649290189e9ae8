using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The start protocol, from its first step to its last; runs once for each time the signer starts, with the vault open and nothing signed
/// yet. When the anchor fails on the way it may be run again and goes on where it stopped; a crash at any point is judged at the next
/// start. Why each step stands where it does: README.md of this room.
/// </summary>
/// <remarks>
/// <c>found</c> is the state before anything was written to the ledger: its own entries would make it look changed. <c>entries</c> are
/// written with what they are about.
/// </remarks>
public sealed class StartProtocol(
    IRollbackAnchor anchor,
    FenceKeys keys,
    SlashingProtection slashing,
    ObservedState found,
    StartEntries entries,
    TimeProvider time
)
{
    // Drawn once: what the anchor shows with it is this run's, and no other's.
    private readonly Guid _run = new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
    private readonly List<RunRecord> _claims = [];
    private Judged? _judged;

    /// <summary>Opens <paramref name="fence"/>, or closes it with the reason; what was decided.</summary>
    /// <exception cref="RollbackAnchorException">The anchor failed; the fence is as it was.</exception>
    /// <exception cref="LedgerException">The start could not be written.</exception>
    public async Task<StartDecision> RunAsync(Fence fence, CancellationToken cancellation)
    {
        // 1. Everything is read, nothing is changed, and the rules judge what was found.
        _judged ??= await JudgeAsync(cancellation);
        if (_judged is { Decision: StartDecision.Refuse(var refusal) })
        {
            return await RefuseAsync(fence, refusal);
        }

        var claimed = await FindClaimAsync(_judged, cancellation);
        if (claimed is { Run: null, IsUntouched: true })
        {
            // 2. The ledger knows the start, stands on its low watermark and has the entry of both, before the anchor counts it.
            var claim = Draft(fence, _judged, claimed.Seen!.Count + 1);
            await RecordAsync(_judged, new LedgerStart(found.VaultId, claimed.Seen.Identity, claim.Start, found.VaultGeneration));

            // 3. The anchor counts it, together with this run's first record.
            _claims.Add(claim);
            if (!await CountAsync(claimed.Seen, claim, cancellation))
            {
                return await RefuseAsync(fence, Elsewhere(await anchor.ReadAsync(cancellation)));
            }

            // 4. Both are read back.
            claimed = await FindClaimAsync(_judged, cancellation);
        }

        // A run that does not see its own number with its own record has not started.
        if (claimed.Run is not { } run)
        {
            return await RefuseAsync(fence, Elsewhere(claimed.Seen));
        }

        // 5. The fence opens, and only now anything is signed.
        _ = await slashing.EndLowWatermarkIfCompleteAsync(entries.Completed);
        fence.Open(run, NewestSource(_judged), _judged.Rollback);
        return _judged.Decision;
    }

    private Task RecordAsync(Judged judged, LedgerStart start) =>
        slashing.RecordStartAsync(start, (judged.Decision as StartDecision.RaiseLowWatermarks)?.LowWatermark, (transaction, _) =>
            entries.Counted(transaction, new CountedStart(start, judged.Decision, judged.Anchor))
        );

    // False when somebody else was there at the same moment.
    private async Task<bool> CountAsync(RollbackAnchorReading from, RunRecord claim, CancellationToken cancellation)
    {
        try
        {
            await anchor.CountAsync(from, claim.Claim, cancellation);
            return true;
        }
        catch (RollbackAnchorException contested) when (contested.Fault == RollbackAnchorFault.Contested)
        {
            return false;
        }
    }

    private async Task<Judged> JudgeAsync(CancellationToken cancellation)
    {
        var evidence = await found.CompareWithAsync(anchor, keys, cancellation);
        var rollback = evidence.Anchor is null ? null : await anchor.FindRollbackAsync(cancellation);
        return new Judged(StartRules.Decide(evidence), evidence.Anchor!, evidence.Record!, rollback);
    }

    private RunRecord Draft(Fence fence, Judged judged, ulong start)
    {
        var record = (judged.Record with { Vault = found.Vault.Mark }).GoingOn(
            start,
            _run,
            fence.First(judged.Record.Fence, NewestSource(judged))
        );
        return new RunRecord(anchor, keys, RunRecord.Draw(record, time), time);
    }

    /// <summary>
    /// What the anchor shows of this run's claim. A count whose answer was lost may have been made: it is known by this run's record,
    /// never by the number alone. A count with the former record may be this run's own, or that of another one, who will not find it any
    /// more at his own step 4: it is left behind, and the next number is taken. Whoever started meanwhile wrote his record before he signed
    /// anything.
    /// </summary>
    private async Task<Finding> FindClaimAsync(Judged judged, CancellationToken cancellation)
    {
        var (before, asked) = (judged.Anchor, (ulong)_claims.Count);
        var seen = asked == 0 ? before : await anchor.ReadAsync(cancellation);
        return new Finding(
            seen,
            _claims.Find(claim => claim.IsClaimed(seen)),
            seen is not null
                && seen.Identity == before.Identity
                && seen.Count >= before.Count
                && seen.Count - before.Count <= asked
                && seen.Shows(seen.Count, before.Record.Span)
        );
    }

    // Of all that was signed or imported before this run, also of what may be lost.
    private Epoch NewestSource(Judged judged)
    {
        var here = found.End.Source ?? new Epoch(0);
        return judged.Decision is StartDecision.RaiseLowWatermarks(var lowWatermark) && lowWatermark.LowestSource > here
            ? lowWatermark.LowestSource
            : here;
    }

    private async Task<StartDecision> RefuseAsync(Fence fence, RollbackRefusal refusal)
    {
        fence.Refuse(refusal);
        await entries.RefuseAsync(refusal);
        return new StartDecision.Refuse(refusal);
    }

    private RollbackRefusal Elsewhere(RollbackAnchorReading? seen) =>
        new(
            RollbackReason.StartedElsewhere,
            $"the {anchor.Description} shows start {seen?.Count.ToString() ?? "none"} with a record that this start did "
                + "not write: another signer was started with a copy of this data directory at the same time",
            "stop one of the two signers for good, then restart the other; 'remote-signer rollback-protection status' shows what it will do"
        );

    private sealed record Judged(StartDecision Decision, RollbackAnchorReading Anchor, FenceRecord Record, string? Rollback);

    private sealed record Finding(RollbackAnchorReading? Seen, RunRecord? Run, bool IsUntouched);
}
