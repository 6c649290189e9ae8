using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// Hands the fence over to another anchor, which is made where it is not there yet, after an orderly stop and without low watermarks. Of
/// the two the former one vouches for this very ledger until the other one does too; then it is voided; then the ledger names the other
/// one, and not before: whoever signs with the new anchor leaves no old one that vouches for a copy. Interrupted between the last two
/// nothing is signed, and the same command finishes it: that the new anchor still shows the record which was to follow proves that nobody
/// has run since.
/// </summary>
public sealed class MoveAnchor(Standing standing, IRollbackAnchor to) : RollbackAnchorAct<string>(standing)
{
    private StartEvidence? _evidence;
    private RollbackAnchorReading? _to;
    private HistoryEnd? _end;
    private bool _isVoid;
    private long _entry;

    public override string Action => AuditActions.RollbackProtectionMove;

    internal override string Result => to.Description;

    private protected override PendingEffect EffectOf(Root record) => new PendingEffect.HandedOver(record);

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        _evidence = await Standing.LookAsync(cancellation);
        var (there, isForeign) = await FindAsync(cancellation);
        _isVoid = await IsInterruptedAsync(proceeding, there);
        if (!_isVoid && StartRules.Decide(_evidence) is not StartDecision.Serve)
        {
            throw NotStopped("no other anchor can vouch for it");
        }

        if (isForeign)
        {
            await to.DiscardAsync(cancellation);
        }

        _to = await ProvideAsync(to, there, cancellation);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var record = _isVoid ? FenceRecord.Read(_to!.Record.Span, Standing.Keys.Record)! : _evidence!.Record!;
        var detail =
            $"the fence of vault {Standing.Found.VaultId} moves from the "
            + $"{Standing.Anchor.Description} to the {Result}{(_isVoid ? ", after an interruption" : "")}";
        _entry = await proceeding.Pending.WriteAsync(transaction =>
            Note(
                proceeding,
                transaction,
                _to!,
                end => (At(record, _end = end) with { Start = _to!.Count }).Write(Standing.Keys.Record),
                detail
            )
        );
        return true;
    }

    // What is finished stays remembered until it is: interrupted again, the new anchor shows the record of one of the two.
    private protected override void EndFormer(Proceeding proceeding, LedgerTransaction transaction, RollbackAnchorReading seen)
    {
        if (!_isVoid)
        {
            Reconciliation.EndInAnchor(transaction, [seen, _evidence!.Anchor!], (action, text) =>
                proceeding.Append(transaction, action, entry => entry with { Detail = text })
            );
        }
    }

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        await FollowVaultAsync(proceeding);
        if (!_isVoid)
        {
            // Until the other one has it, this one vouches for the ledger with the act's entry.
            await WriteAsync(Standing.Anchor, _evidence!.Anchor!, At(_evidence.Record!, _end!).Write(Standing.Keys.Record));
        }

        await WriteAsync(to, _to!, Next);
        if (!_isVoid)
        {
            await WriteAsync(Standing.Anchor, (await Standing.Anchor.ReadAsync(CancellationToken.None))!, FenceRecord.Void);
        }
    }

    internal override Task FinishAsync(Proceeding proceeding) =>
        proceeding.Slashing.RecordStartAsync(
            new LedgerStart(Standing.Found.VaultId, _to!.Identity, _to.Count, Standing.Found.VaultGeneration),
            null,
            (transaction, _) =>
            {
                PendingActs.Put(transaction, [.. PendingActs.Read(transaction).Where(act => !act.Effect.IsInAnchor)]);
                return _entry;
            }
        );

    // What the device has under other keys is left of an earlier root key of the vault, where the present anchor vouches for this one.
    private async Task<(RollbackAnchorReading? There, bool IsForeign)> FindAsync(CancellationToken cancellation)
    {
        try
        {
            return (await to.ReadAsync(cancellation), false);
        }
        catch (RollbackAnchorException left) when (left.Fault == RollbackAnchorFault.Foreign && Standing.Keys.Epoch > 0)
        {
            return (null, true);
        }
    }

    private FenceRecord At(FenceRecord record, HistoryEnd end) =>
        (record with { Vault = Standing.Found.Vault.Mark }).Past(Standing.FenceFor(end)).EndedAt(end);

    // The former anchor is void, and the other one shows the record that an interrupted move gave it: it is as it was then.
    private async Task<bool> IsInterruptedAsync(Proceeding proceeding, RollbackAnchorReading? there) =>
        there is not null
        && _evidence!.Anchor is { } from
        && from.Record.Span.SequenceEqual(FenceRecord.Void)
        && _evidence.Ledger is { } known
        && (known.VaultId, known.Anchor, known.Start) == (_evidence.VaultId, from.Identity, from.Count)
        && (await proceeding.Pending.ReadAsync()).Any(act =>
            act.Action == Action && act.Effect is PendingEffect.HandedOver(var hash) && hash == FileHash.Of(there.Record.Span)
        );
}
