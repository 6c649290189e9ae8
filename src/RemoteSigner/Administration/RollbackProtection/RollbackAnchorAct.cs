using RemoteSigner.Audit;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// An act about the anchor of rollback protection itself; no signer runs meanwhile. The ledger leads, and never into a state in which more
/// is signed than both agree on: what takes leave to sign away from an anchor comes before what gives it elsewhere. Why each order is what
/// it is: README.md of the room of rollback protection.
/// </summary>
public abstract class RollbackAnchorAct<TResult> : AdminAct<TResult>
{
    private RollbackAnchorReading? _from;
    private byte[] _next = [];

    private protected RollbackAnchorAct(Standing standing) => Standing = standing;

    internal override bool IsAboutAnchor => true;

    private protected Standing Standing { get; }

    /// <summary>The record that follows.</summary>
    private protected ReadOnlyMemory<byte> Next => _next;

    /// <summary>How it is known after a crash whether the record followed.</summary>
    private protected virtual PendingEffect EffectOf(Root record) => new PendingEffect.RecordShown(record);

    /// <summary>
    /// In the act's transaction, behind its effect: writes the entry, and remembers which record the anchor is to show. It is made here,
    /// because it says where the ledger ends with this entry in it.
    /// </summary>
    /// <param name="from">What the anchor shows that the record is written to.</param>
    /// <param name="next">The record, from where the ledger ends.</param>
    private protected long Note(
        Proceeding proceeding,
        LedgerTransaction transaction,
        RollbackAnchorReading from,
        Func<HistoryEnd, byte[]> next,
        string detail,
        AuditDecision decision = AuditDecision.Event
    )
    {
        EndFormer(proceeding, transaction, from);
        var number = proceeding.Append(transaction, Action, entry => entry with { Decision = decision, Detail = detail });
        (_from, _next) = (from, next(HistoryEnd.Of(transaction, proceeding.Slashing)));
        PendingActs.Begin(transaction, new PendingAct(Action, EffectOf(FileHash.Of(_next))));
        return number;
    }

    /// <summary>Tells what an earlier act did not get into its anchor, before that is written again.</summary>
    private protected virtual void EndFormer(Proceeding proceeding, LedgerTransaction transaction, RollbackAnchorReading seen) =>
        Reconciliation.EndInAnchor(transaction, [seen], (action, text) =>
            proceeding.Append(transaction, action, entry => entry with { Detail = text })
        );

    internal override async Task FollowAsync(Proceeding proceeding)
    {
        await FollowVaultAsync(proceeding);
        await WriteAsync(Standing.Anchor, _from!, _next);
    }

    internal override Task FinishAsync(Proceeding proceeding) => proceeding.Pending.EndAsync();

    // A crash may have left the vault newer than the ledger knows it. The record will name the vault as it is: a ledger that knows less
    // than the record is taken for an old copy.
    private protected Task FollowVaultAsync(Proceeding proceeding) => proceeding.Slashing.FollowVaultAsync(Standing.Found.VaultGeneration);

    /// <summary>Makes the anchor where there is none.</summary>
    private protected static async Task<RollbackAnchorReading> ProvideAsync(
        IRollbackAnchor anchor,
        RollbackAnchorReading? seen,
        CancellationToken cancellation
    )
    {
        if (seen is not null)
        {
            return seen;
        }

        await anchor.CreateAsync(cancellation);
        return await anchor.ReadAsync(cancellation)
            ?? throw new RollbackAnchorException(
                RollbackAnchorFault.Missing,
                $"the {anchor.Description} does not show the anchor it has just made",
                "look at the device, then repeat the command"
            );
    }

    /// <summary>Writes a record, and reads it back.</summary>
    /// <exception cref="RollbackAnchorException">It does not show it.</exception>
    private protected static async Task WriteAsync(IRollbackAnchor anchor, RollbackAnchorReading from, ReadOnlyMemory<byte> record)
    {
        await anchor.WriteRecordAsync(from, record, CancellationToken.None);
        if (await anchor.ReadAsync(CancellationToken.None) is not { } reading || !reading.Shows(from.Count, record.Span))
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Contested,
                $"the {anchor.Description} took a record and shows another one",
                "does another signer use it? 'remote-signer rollback-protection status' shows how it stands"
            );
        }
    }

    private protected static AdminException NotStopped(string why) =>
        new(
            AdminFault.NotStopped,
            $"the ledger is not the one that was stopped in an orderly way: {why}",
            "'remote-signer rollback-protection status' shows why; start and stop the signer, or clear it first"
        );
}
