using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Takes the staged records of an interchange file over into the histories of their validators. A history without floors gets the lowest
/// numbers of the file; floors that exist never fall, and rise as the reading says or to cover what does not fit above them.
/// </summary>
internal static class InterchangeImport
{
    /// <exception cref="InterchangeContradictionException">The file contradicts what was signed here.</exception>
    /// <exception cref="InterchangeException">It has something that lies beyond the limit.</exception>
    public static InterchangeReport Take(LedgerTransaction transaction, Root chain, Root fileHash, ImportTerms terms)
    {
        var named = InterchangeStage.Keys(transaction);
        var spokenFor = terms.Only is { } only ? named.FindAll(only.Contains) : named;
        if (terms.Limit is { } limit)
        {
            spokenFor.ForEach(key => RequireWithin(transaction, key, limit));
        }

        spokenFor.ForEach(key => InterchangeContradiction.Throw(transaction, key));
        return new InterchangeReport(chain, fileHash, spokenFor.ConvertAll(key => Take(transaction, key, terms.Reading)), named.Count - spokenFor.Count);
    }

    private static void RequireWithin(LedgerTransaction transaction, BlsPublicKey key, HistoryLimit limit)
    {
        var row = transaction.Statement("""
            SELECT (SELECT max(slot) FROM temp.staged_key JOIN temp.staged_block USING (entry) WHERE key = ?1),
                   (SELECT max(max(source, target)) FROM temp.staged_key JOIN temp.staged_attestation USING (entry) WHERE key = ?1)
            """).Bind(1, key.Bytes);
        _ = row.Step();
        var (slot, epoch) = (row.NumberOrNull(0), row.NumberOrNull(1));
        row.Reset();
        if (slot is { } s && (ulong)s > limit.Slot.Value)
        {
            throw Beyond(key, "signed_blocks", $"slot {s}", $"slot {limit.Slot}");
        }

        if (epoch is { } e && (ulong)e > limit.Epoch.Value)
        {
            throw Beyond(key, "signed_attestations", $"epoch {e}", $"epoch {limit.Epoch}");
        }
    }

    private static InterchangeException Beyond(BlsPublicKey key, string member, string what, string limit) =>
        new($"validator {key}: {member} has {what}, and nobody can have signed beyond {limit} by now: taken over, it would disable the validator until then", key.ToString(), member);

    private static InterchangeReport.Line Take(LedgerTransaction transaction, BlsPublicKey key, InterchangeReading reading)
    {
        var validator = KeyRegister.FindOrAdd(transaction, key);
        var blocks = transaction.Statement("""
            INSERT OR IGNORE INTO block (validator, slot, root)
            SELECT ?2, slot, root FROM temp.staged_key JOIN temp.staged_block USING (entry) WHERE key = ?1
            """).Bind(1, key.Bytes).Bind(2, validator).Execute();
        var attestations = transaction.Statement("""
            INSERT OR IGNORE INTO attestation (validator, target, source, root)
            SELECT ?2, target, source, root FROM temp.staged_key JOIN temp.staged_attestation USING (entry) WHERE key = ?1 AND source <= target
            """).Bind(1, key.Bytes).Bind(2, validator).Execute();
        HistoryFloors.Start(transaction, validator);
        CoverImpossibleVotes(transaction, key, validator);
        if (reading == InterchangeReading.FloorsAtLowest)
        {
            RaiseToLowest(transaction, key, validator);
        }

        return Report(transaction, key, validator, blocks, attestations);
    }

    /// <summary>A vote whose source is after its target is no record to compare with: floors at its epochs refuse all that it could be slashed with.</summary>
    private static void CoverImpossibleVotes(LedgerTransaction transaction, BlsPublicKey key, long validator)
    {
        var row = transaction.Statement("""
            SELECT max(source), max(target) FROM temp.staged_key JOIN temp.staged_attestation USING (entry) WHERE key = ?1 AND source > target
            """).Bind(1, key.Bytes);
        _ = row.Step();
        var (source, target) = (row.NumberOrNull(0), row.NumberOrNull(1));
        row.Reset();
        HistoryFloors.Raise(transaction, validator, slot: null, source, target);
    }

    private static void RaiseToLowest(LedgerTransaction transaction, BlsPublicKey key, long validator)
    {
        var row = transaction.Statement("""
            SELECT (SELECT min(slot) FROM temp.staged_key JOIN temp.staged_block USING (entry) WHERE key = ?1), min(source), min(target)
            FROM temp.staged_key JOIN temp.staged_attestation USING (entry) WHERE key = ?1 AND source <= target
            """).Bind(1, key.Bytes);
        _ = row.Step();
        var (slot, source, target) = (row.NumberOrNull(0), row.NumberOrNull(1), row.NumberOrNull(2));
        row.Reset();
        HistoryFloors.Raise(transaction, validator, slot, source, target);
    }

    private static InterchangeReport.Line Report(LedgerTransaction transaction, BlsPublicKey key, long validator, long blocks, long attestations)
    {
        var row = transaction.Statement("""
            SELECT k.state,
                (SELECT count(*) FROM temp.staged_key JOIN temp.staged_block USING (entry) WHERE key = ?1),
                (SELECT count(*) FROM temp.staged_key JOIN temp.staged_attestation USING (entry) WHERE key = ?1),
                v.slot_floor, v.source_floor, v.target_floor
            FROM public_key k JOIN validator v ON v.id = k.validator WHERE k.key = ?1
            """).Bind(1, key.Bytes);
        _ = row.Step();
        var line = new InterchangeReport.Line(
            key,
            row.Number(0) == (long)KeyState.Active,
            row.Number(1),
            blocks,
            row.Number(2),
            attestations,
            row.NumberOrNull(3) is { } slot ? new Slot((ulong)slot) : null,
            row.NumberOrNull(4) is { } source ? new Epoch((ulong)source) : null,
            row.NumberOrNull(5) is { } target ? new Epoch((ulong)target) : null);
        row.Reset();
        return line;
    }
}
