using RemoteSigner.Ledgers;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.RollbackProtection;

/// <summary>
/// The fence of a vault that got another root key: its record goes on in another place of the same device, under keys of that root key.
/// First the next place has the record, then the ledger names that place, then the former place is given up. Interrupted anywhere it may be
/// run again: as long as the ledger names the former place that one is judged, and what the next one says beyond it counts as well.
/// </summary>
/// <param name="former">The place and the keys of the former root key.</param>
/// <param name="next">Those of the present one.</param>
/// <param name="evidence">Writes the entry with which the ledger names the next place, and gets what the former one shows.</param>
public sealed class FenceSuccession(
    RollbackAnchorPlace former,
    RollbackAnchorPlace next,
    SlashingProtection slashing,
    EvidenceWriter<(LedgerStart Start, RollbackAnchorReading Former)> evidence
)
{
    /// <summary>
    /// Makes the next place where it is not there yet. It vouches for nothing before it has a record and the ledger names it.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The device failed, or does not let it be made.</exception>
    public async Task ProvideAsync(CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is null)
        {
            await next.Anchor.CreateAsync(cancellation);
        }
    }

    /// <summary>
    /// The vault did not get the next root key: what <see cref="ProvideAsync"/> made goes away, and nothing that is under other keys or
    /// holds a record.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The device failed.</exception>
    public async Task AbandonAsync(CancellationToken cancellation)
    {
        if (await TryReadAsync(next.Anchor, cancellation) is { Record.IsEmpty: true })
        {
            await next.Anchor.DiscardAsync(cancellation);
        }
    }

    /// <summary>What the record in the next place bears; null where there is none under its keys.</summary>
    /// <exception cref="RollbackAnchorException">The device failed.</exception>
    public async Task<SignedBounds?> NextBoundsAsync(CancellationToken cancellation) =>
        await TryReadAsync(next.Anchor, cancellation) is { } there ? FenceRecord.Read(there.Record.Span, next.Keys.Record)?.Bounds : null;

    /// <summary>
    /// While nothing is signed. False where a start with the former place would be refused: then that one is judged on, and by a person.
    /// </summary>
    /// <param name="found">The vault as it is now, and where the ledger's history ended before anything was written.</param>
    /// <exception cref="RollbackAnchorException">The device failed.</exception>
    public async Task<bool> RunAsync(ObservedState found, CancellationToken cancellation)
    {
        var there = await TryReadAsync(next.Anchor, cancellation);
        if (await slashing.GetStartAsync() is not { } known)
        {
            return true;
        }

        if (IsNamed(known, there))
        {
            await GiveUpFormerAsync(cancellation);
            return true;
        }

        var looked = await (found with { Ledger = known }).CompareWithAsync(former.Anchor, former.Keys, cancellation);
        if (StartRules.Decide(looked) is StartDecision.Refuse)
        {
            return false;
        }

        var from = looked.Anchor!;
        there ??= await FindAsync(cancellation) ?? await MakeAsync(cancellation);
        await WriteAsync(there, Next(looked.Record!, from, there).Write(next.Keys.Record), cancellation);
        await NameAsync(known with { Anchor = there.Identity, Start = there.Count + known.Start - from.Count }, from, cancellation);
        return true;
    }

    /// <summary>The same from where this run is kept.</summary>
    internal FenceSuccession From(RunRecord run) => new(run.Place, next, slashing, evidence);

    /// <summary>
    /// While the fence is open; only <see cref="Fence"/> calls this. The run as it goes on in the next place; the ledger does not name it
    /// yet.
    /// </summary>
    /// <exception cref="RollbackAnchorException">The device failed, and the run goes on in the former place.</exception>
    internal async Task<RunRecord> MoveAsync(RunRecord run, TimeProvider time)
    {
        var there = await FindAsync(CancellationToken.None) ?? await MakeAsync(CancellationToken.None);
        var gone = new RunRecord(next.Anchor, next.Keys, RunRecord.Draw(run.Written with { Start = there.Count }, time), time);
        await WriteAsync(there, gone.Claim, CancellationToken.None);
        return gone;
    }

    /// <summary>After <see cref="MoveAsync"/>: the ledger names the next place, and the former one is given up. May be repeated.</summary>
    /// <exception cref="RollbackAnchorException">The device or the ledger failed.</exception>
    public async Task FinishMoveAsync()
    {
        try
        {
            await NameNextAsync();
        }
        catch (LedgerException fault)
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Unreachable,
                $"the ledger could not name the next place of the fence: {fault.Message}",
                fault.Hint,
                fault
            );
        }
    }

    private async Task NameNextAsync()
    {
        var there = await next.Anchor.ReadAsync(CancellationToken.None);
        if (await slashing.GetStartAsync() is not { } known || there is null)
        {
            return;
        }

        if (IsNamed(known, there))
        {
            await GiveUpFormerAsync(CancellationToken.None);
        }
        else if (await former.Anchor.ReadAsync(CancellationToken.None) is { } from && from.Identity == known.Anchor)
        {
            await NameAsync(known with { Anchor = there.Identity, Start = there.Count }, from, CancellationToken.None);
        }
    }

    private static bool IsNamed(LedgerStart known, RollbackAnchorReading? there) =>
        there is { Record.IsEmpty: false } && there.Identity == known.Anchor;

    // What the next place has already, of an earlier try, was never beyond what was signed under it.
    private FenceRecord Next(FenceRecord record, RollbackAnchorReading from, RollbackAnchorReading there)
    {
        var moved = record with { Start = there.Count, CleanStop = record.Start == from.Count ? record.CleanStop : null };
        return FenceRecord.Read(there.Record.Span, next.Keys.Record) is not { } left || left == moved
            ? moved
            : moved with
            {
                Bounds = moved.Bounds.Join(left.Bounds),
                CleanStop = null,
            };
    }

    // What is there under other keys is left of an earlier root key, or of one that the vault never got, where the former place says that
    // this is the newest state; else it is the fence as it went on elsewhere.
    private async Task<RollbackAnchorReading?> FindAsync(CancellationToken cancellation)
    {
        try
        {
            return await next.Anchor.ReadAsync(cancellation);
        }
        catch (RollbackAnchorException left) when (left.Fault == RollbackAnchorFault.Foreign)
        {
            if (!await IsNewestAsync(cancellation))
            {
                throw new RollbackAnchorException(
                    RollbackAnchorFault.Foreign,
                    $"the fence cannot go on under another root key: {left.Message}; it is the fence of "
                        + "this vault as it went on elsewhere, or before this copy was put back",
                    $"use the vault and the ledger that it belongs to; {left.Hint}",
                    left
                );
            }

            await next.Anchor.DiscardAsync(cancellation);
            return null;
        }
    }

    // As far as the former place tells: the ledger names it, and has not fewer starts.
    private async Task<bool> IsNewestAsync(CancellationToken cancellation) =>
        await slashing.GetStartAsync() is { } known
        && await TryReadAsync(former.Anchor, cancellation) is { } shown
        && known.Anchor == shown.Identity
        && known.Start >= shown.Count
        && FenceRecord.Read(shown.Record.Span, former.Keys.Record) is not null;

    private static async Task<RollbackAnchorReading?> TryReadAsync(IRollbackAnchor anchor, CancellationToken cancellation)
    {
        try
        {
            return await anchor.ReadAsync(cancellation);
        }
        catch (RollbackAnchorException answer) when (answer.Fault == RollbackAnchorFault.Foreign)
        {
            return null;
        }
    }

    private async Task<RollbackAnchorReading> MakeAsync(CancellationToken cancellation)
    {
        await next.Anchor.CreateAsync(cancellation);
        return await next.Anchor.ReadAsync(cancellation) ?? throw Unshown();
    }

    private async Task WriteAsync(RollbackAnchorReading there, ReadOnlyMemory<byte> record, CancellationToken cancellation)
    {
        await next.Anchor.WriteRecordAsync(there, record, cancellation);
        if (await next.Anchor.ReadAsync(cancellation) is not { } reading || !reading.Shows(there.Count, record.Span))
        {
            throw Unshown();
        }
    }

    private async Task NameAsync(LedgerStart start, RollbackAnchorReading from, CancellationToken cancellation)
    {
        await slashing.RecordStartAsync(start, null, (transaction, named) => evidence(transaction, (named, from)));
        await GiveUpFormerAsync(cancellation);
    }

    // As long as it is there it vouches for copies from before, with bounds that the next place goes beyond.
    private async Task GiveUpFormerAsync(CancellationToken cancellation)
    {
        await former.Anchor.DiscardAsync(cancellation);
        if (await TryReadAsync(former.Anchor, cancellation) is not null)
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Refused,
                $"the {former.Anchor.Description} still shows the fence of the root key before the present one, which was taken away",
                "look at the device: that fence vouches for copies from before"
            );
        }
    }

    private RollbackAnchorException Unshown() =>
        new(
            RollbackAnchorFault.Unreachable,
            $"the {next.Anchor.Description} does not show what it has just taken",
            "look at the device, then repeat the command"
        );
}

/// <summary>Where a fence is kept, and with which keys.</summary>
public sealed record RollbackAnchorPlace(IRollbackAnchor Anchor, FenceKeys Keys);
