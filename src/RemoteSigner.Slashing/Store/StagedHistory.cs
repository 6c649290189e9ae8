using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>What lies in the stage about one key, and its way into the history of a validator.</summary>
internal static class StagedHistory
{
    /// <summary>Says of a staged vote with a signing root (32 bytes) whether it is the one looked for.</summary>
    public delegate bool VoteTest(Vote vote, ReadOnlySpan<byte> root);

    /// <summary>
    /// The slot of a block that was signed here while the file has another one for it, with its root; null when there is none.
    /// </summary>
    public static long? FindOtherBlock(LedgerTransaction transaction, BlsPublicKey key)
    {
        var row = transaction
            .Statement(
                """
                SELECT b.slot FROM public_key k
                    JOIN block b ON b.validator = k.validator AND b.evidence IS NOT NULL
                    JOIN temp.staged_key n ON n.key = k.key
                    JOIN temp.staged_block s ON s.number BETWEEN n.first AND n.last AND s.slot = b.slot AND length(s.root) > 0
                        AND s.root <> b.root
                WHERE k.key = ?1 LIMIT 1
                """
            )
            .Bind(1, key.Bytes);
        var slot = row.Step() ? row.Number(0) : (long?)null;
        row.Reset();
        return slot;
    }

    /// <summary>The votes of the key's validator that were signed here, by target.</summary>
    public static List<(Vote Vote, byte[] Root)> SignedHere(LedgerTransaction transaction, BlsPublicKey key)
    {
        var votes = new List<(Vote Vote, byte[] Root)>();
        var rows = transaction
            .Statement(
                """
                SELECT a.source, a.target, a.root FROM public_key k JOIN attestation a ON a.validator = k.validator
                    WHERE k.key = ?1 AND a.evidence IS NOT NULL ORDER BY a.target
                """
            )
            .Bind(1, key.Bytes);
        while (rows.Step())
        {
            votes.Add((new Vote(rows.Number(0), rows.Number(1)), rows.Blob(2).ToArray()));
        }

        return votes;
    }

    /// <summary>The first possible vote of the file with a signing root that is the one looked for; null when there is none.</summary>
    public static (Vote Vote, byte[] Root)? FirstVote(LedgerTransaction transaction, BlsPublicKey key, VoteTest test)
    {
        var rows = transaction
            .Statement(
                "SELECT source, target, root FROM temp.staged_key JOIN temp.staged_attestation ON number "
                    + "BETWEEN first AND last WHERE key = ?1 AND source <= target AND length(root) > 0"
            )
            .Bind(1, key.Bytes);
        while (rows.Step())
        {
            var vote = new Vote(rows.Number(0), rows.Number(1));
            if (test(vote, rows.Blob(2)))
            {
                (Vote, byte[])? found = (vote, rows.Blob(2).ToArray());
                rows.Reset();
                return found;
            }
        }

        return null;
    }

    /// <summary>Adds the staged records to a validator's history; how many were new.</summary>
    public static (long Blocks, long Attestations) TakeOver(LedgerTransaction transaction, BlsPublicKey key, long validator)
    {
        var blocks = transaction
            .Statement(
                """
                INSERT OR IGNORE INTO block (validator, slot, root)
                SELECT ?2, slot, root FROM temp.staged_key JOIN temp.staged_block ON number BETWEEN first AND last WHERE key = ?1
                """
            )
            .Bind(1, key.Bytes)
            .Bind(2, validator)
            .Execute();
        var attestations = transaction
            .Statement(
                """
                INSERT OR IGNORE INTO attestation (validator, target, source, root)
                SELECT ?2, target, source, root FROM temp.staged_key JOIN temp.staged_attestation ON number BETWEEN first AND last
                    WHERE key = ?1 AND source <= target
                """
            )
            .Bind(1, key.Bytes)
            .Bind(2, validator)
            .Execute();
        return (blocks, attestations);
    }

    /// <summary>What the file had for the key, what of it was new, and the low watermarks that stand now.</summary>
    public static InterchangeReport.Line Report(
        LedgerTransaction transaction,
        BlsPublicKey key,
        InterchangeNumbers read,
        long blocks,
        long attestations
    )
    {
        var row = transaction
            .Statement(
                "SELECT k.state, v.slot_low_watermark, v.source_low_watermark, v.target_low_watermark FROM public_key "
                    + "k JOIN validator v ON v.id = k.validator WHERE k.key = ?1"
            )
            .Bind(1, key.Bytes);
        _ = row.Step();
        var line = new InterchangeReport.Line(
            key,
            row.Number(0) == (long)KeyState.Active,
            read.Blocks,
            blocks,
            read.Votes,
            attestations,
            row.NumberOrNull(1) is { } slot ? new Slot((ulong)slot) : null,
            row.NumberOrNull(2) is { } source ? new Epoch((ulong)source) : null,
            row.NumberOrNull(3) is { } target ? new Epoch((ulong)target) : null
        );
        row.Reset();
        return line;
    }
}
