using RemoteSigner.Audit;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.RollbackProtection;

/// <summary>
/// Makes the anchor of a data directory, for a signer that is new or comes from before there was a fence: the ledger is taken for the
/// newest, on the operator's word, and the next start serves at once. An anchor that never held a record is taken as it is: nothing was
/// ever signed with it, so an interrupted enrolment is repeated.
/// </summary>
/// <param name="fence">The first epoch past all that was signed; null: past all that is on record.</param>
public sealed class EnrolAnchor(Standing standing, Epoch? fence) : RollbackAnchorAct<string>(standing)
{
    private RollbackAnchorReading? _reading;

    public override string Action => AuditActions.RollbackProtectionEnrol;

    internal override string Result => Standing.Anchor.Description;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        if (VaultRules.Refusal(Standing.Found.Known, Standing.Found.Vault) is { } refusal)
        {
            throw new AdminException(AdminFault.NotNewest, $"{refusal.Detail}; nothing was changed", refusal.Hint);
        }

        var seen = await Standing.Anchor.ReadAsync(cancellation);
        if (
            Standing.Found.Ledger is { } known
            && (seen is null || !seen.Record.IsEmpty || (known.Anchor, known.Start) != (seen.Identity, seen.Count))
        )
        {
            throw new AdminException(
                AdminFault.Enrolled,
                $"this data directory has an anchor: {known.Anchor}",
                "'remote-signer rollback-protection status' shows how it stands"
            );
        }

        if (seen is { Record.IsEmpty: false })
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Exists,
                $"the {Result} holds an anchor of the vault {Standing.Found.VaultId} already",
                "'remote-signer rollback-protection status' shows what it says; "
                    + "'remote-signer rollback-protection clear' goes on from there"
            );
        }

        if (seen is null && await Standing.Anchor.FindStrangerAsync(cancellation) is { } stranger)
        {
            throw new RollbackAnchorException(
                RollbackAnchorFault.Exists,
                $"{stranger}: this data directory may be a copy from before",
                "'remote-signer rollback-protection status' shows how it stands; 'remote-signer "
                    + "rollback-protection clear' shows what is risked, and goes on from there"
            );
        }

        _reading = await ProvideAsync(Standing.Anchor, seen, cancellation);
    }

    internal override async Task<bool> CommitAsync(Proceeding proceeding)
    {
        var (found, reading) = (Standing.Found, _reading!);
        await proceeding.Slashing.RecordStartAsync(
            new LedgerStart(found.VaultId, reading.Identity, reading.Count, found.VaultGeneration),
            null,
            (transaction, _) => Note(proceeding, transaction, reading, Record, $"the fence of vault {found.VaultId} lives in the {Result}")
        );
        return true;
    }

    private byte[] Record(HistoryEnd end) =>
        new FenceRecord(
            Standing.Found.VaultId,
            _reading!.Count,
            SignedBounds.Before(fence ?? Standing.FenceFor(end)),
            Standing.Found.Vault.Mark,
            null
        )
            .EndedAt(end)
            .Write(Standing.Keys.Record);
}
