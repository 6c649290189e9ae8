using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing;

/// <summary>
/// Holds the staged records of a file against what was signed here (records with evidence). A message with a signing root that is slashable beside one of ours proves that
/// somebody else signs with the key. Records without a root prove nothing: minified files are made of them.
/// </summary>
internal static class InterchangeContradiction
{
    /// <exception cref="InterchangeContradictionException">There is one.</exception>
    public static void Throw(LedgerTransaction transaction, BlsPublicKey key)
    {
        if (FindBlock(transaction, key) is { } slot)
        {
            throw new InterchangeContradictionException(key, $"a block for slot {slot}", "another block for that slot");
        }

        if (SignedVotes.Load(transaction, key) is { Count: > 0 } signed)
        {
            var rows = transaction.Statement("SELECT source, target, root FROM temp.staged_key JOIN temp.staged_attestation USING (entry) WHERE key = ?1 AND source <= target AND length(root) > 0").Bind(1, key.Bytes);
            while (rows.Step())
            {
                var vote = new Vote(rows.Number(0), rows.Number(1));
                if (signed.FindSlashable(vote, rows.Blob(2)) is { } other)
                {
                    throw new InterchangeContradictionException(key, $"the vote {vote}", $"the vote {other}");
                }
            }
        }
    }

    private static long? FindBlock(LedgerTransaction transaction, BlsPublicKey key)
    {
        var row = transaction.Statement("""
            SELECT b.slot FROM public_key k
                JOIN block b ON b.validator = k.validator AND b.evidence IS NOT NULL
                JOIN temp.staged_key n ON n.key = k.key
                JOIN temp.staged_block s ON s.entry = n.entry AND s.slot = b.slot AND length(s.root) > 0 AND s.root <> b.root
            WHERE k.key = ?1 LIMIT 1
            """).Bind(1, key.Bytes);
        var slot = row.Step() ? row.Number(0) : (long?)null;
        row.Reset();
        return slot;
    }
}
