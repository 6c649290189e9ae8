using RemoteSigner.Freshness;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Freshness;

/// <summary>
/// Makes the witness of a data directory, for a signer that is new or comes from before there was a fence: the ledger is taken for the
/// newest, on the operator's word, and the next start serves at once. A witness that never held a record is taken as it is: nothing was
/// ever signed with it, so an interrupted enrolment is repeated.
/// </summary>
/// <param name="fence">The first epoch past all that was signed; null: past all that is on record.</param>
public sealed class EnrolWitness(Standing standing, Epoch? fence) : WitnessAct<string>(standing)
{
    private WitnessReading? _reading;

    public override string Action => "freshness.enrol";

    internal override string Result => Standing.Witness.Description;

    internal override async Task PrepareAsync(Proceeding proceeding, CancellationToken cancellation)
    {
        if (VaultRules.Refusal(Standing.Found.Known, Standing.Found.Vault) is { } refusal)
        {
            throw new AdminException("not_newest", $"{refusal.Detail}; nothing was changed", refusal.Hint);
        }

        var seen = await Standing.Witness.ReadAsync(cancellation);
        if (
            Standing.Found.Ledger is { } known
            && (seen is null || !seen.Record.IsEmpty || (known.Witness, known.Start) != (seen.Identity, seen.Count))
        )
        {
            throw new AdminException(
                "enrolled",
                $"this data directory has a witness: {known.Witness}",
                "'remote-signer freshness status' shows how it stands"
            );
        }

        if (seen is { Record.IsEmpty: false })
        {
            throw new WitnessException(
                WitnessFault.Exists,
                $"the {Result} holds a witness of the vault {Standing.Found.VaultId} already",
                "'remote-signer freshness status' shows what it says; 'remote-signer freshness clear' goes on from there"
            );
        }

        if (seen is null && await Standing.Witness.FindStrangerAsync(cancellation) is { } stranger)
        {
            throw new WitnessException(
                WitnessFault.Exists,
                $"{stranger}: this data directory may be a copy from before",
                "'remote-signer freshness status' shows how it stands; 'remote-signer "
                    + "freshness clear' shows what is risked, and goes on from there"
            );
        }

        _reading = await ProvideAsync(Standing.Witness, seen, cancellation);
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
