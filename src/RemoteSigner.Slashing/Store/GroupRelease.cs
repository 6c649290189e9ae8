using RemoteSigner.Ledgers;
using RemoteSigner.Spec;

namespace RemoteSigner.Slashing.Store;

/// <summary>
/// Parts a share from a group key that was never its own, such as one that a forged document named. Nothing is forgotten: the share keeps
/// all records and low watermarks, and joins its right group with them; the group key keeps a copy. Low watermarks never fall on either
/// side.
/// </summary>
internal static class GroupRelease
{
    /// <summary>True when the share is free of any other group than <paramref name="group"/>. False, and nothing is changed, when other
    /// shares have signed under the group it is to leave: whose history is whose is not clear then.</summary>
    public static bool TryRelease(LedgerTransaction transaction, BlsPublicKey share, BlsPublicKey? group)
    {
        var row = transaction
            .Statement(
                """
                SELECT s.validator, g.key, (SELECT count(*) FROM public_key o WHERE o.validator = s.validator AND o.is_group = 0
                    AND o.key <> s.key)
                FROM public_key s JOIN public_key g ON g.validator = s.validator AND g.is_group = 1 WHERE s.key = ?1 AND s.is_group = 0
                """
            )
            .Bind(1, share.Bytes);
        if (!row.Step())
        {
            return true;
        }

        var (validator, former, others) = (row.Number(0), new BlsPublicKey(row.Blob(1)), row.Number(2));
        row.Reset();
        if (former == group)
        {
            return true;
        }

        if (others > 0)
        {
            return false;
        }

        LeaveCopy(transaction, former, validator);
        return true;
    }

    // Copies have no evidence: the entries of the audit log that granted them name the share, and it takes them along.
    private static void LeaveCopy(LedgerTransaction transaction, BlsPublicKey group, long validator)
    {
        RecentVotes.Gather(transaction, validator);
        var copy = KeyTable.AddValidator(transaction);
        transaction
            .Statement("INSERT INTO block (validator, slot, root) SELECT ?2, slot, root FROM block WHERE validator = ?1")
            .Bind(1, validator)
            .Bind(2, copy)
            .Execute();
        transaction
            .Statement(
                "INSERT INTO attestation (validator, target, source, root) SELECT ?2, "
                    + "target, source, root FROM attestation WHERE validator = ?1"
            )
            .Bind(1, validator)
            .Bind(2, copy)
            .Execute();
        transaction
            .Statement(
                "UPDATE validator SET (slot_low_watermark, source_low_watermark, target_low_watermark) = (SELECT slot_low_watermark, "
                    + "source_low_watermark, target_low_watermark FROM validator WHERE id = ?1) WHERE id = ?2"
            )
            .Bind(1, validator)
            .Bind(2, copy)
            .Execute();
        transaction.Statement("UPDATE public_key SET validator = ?2 WHERE key = ?1").Bind(1, group.Bytes).Bind(2, copy).Execute();
    }
}
