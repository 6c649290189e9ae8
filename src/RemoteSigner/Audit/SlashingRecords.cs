using RemoteSigner.Ledgers;

namespace RemoteSigner.Audit;

/// <summary>Looks granted duties up in the tables of slashing protection.</summary>
internal static class SlashingRecords
{
    /// <summary>
    /// True when the entry needs no record, has one, or lies below floors that refuse all that could collide with it. No record holds a number past 2^63-1.
    /// </summary>
    public static bool IsCovered(LedgerTransaction transaction, SignedClaim claim) =>
        (!claim.IsBlock || HasBlock(transaction, claim)) && (!claim.IsAttestation || HasAttestation(transaction, claim));

    private static bool HasBlock(LedgerTransaction transaction, SignedClaim claim)
    {
        if (claim is not { ShareKey: { } share, Slot: { } slot and <= long.MaxValue, Root: { } root })
        {
            return false;
        }

        var found = transaction.Statement("""
            SELECT 1 FROM public_key k JOIN validator v ON v.id = k.validator WHERE k.key = ?1
                AND (?2 < v.slot_floor OR EXISTS (SELECT 1 FROM block b WHERE b.validator = v.id AND b.slot = ?2 AND b.root = ?3))
            """).Bind(1, share.Bytes).Bind(2, (long)slot).Bind(3, root.Bytes);
        return Found(found);
    }

    private static bool HasAttestation(LedgerTransaction transaction, SignedClaim claim)
    {
        if (claim is not { ShareKey: { } share, Source: { } source and <= long.MaxValue, Target: { } target and <= long.MaxValue, Root: { } root })
        {
            return false;
        }

        var found = transaction.Statement("""
            SELECT 1 FROM public_key k JOIN validator v ON v.id = k.validator WHERE k.key = ?1
                AND (?3 < v.target_floor OR ?2 < v.source_floor OR EXISTS (
                    SELECT 1 FROM attestation a WHERE a.validator = v.id AND a.target = ?3 AND a.source = ?2 AND a.root = ?4))
            """).Bind(1, share.Bytes).Bind(2, (long)source).Bind(3, (long)target).Bind(4, root.Bytes);
        return Found(found);
    }

    private static bool Found(LedgerStatement statement)
    {
        var found = statement.Step();
        statement.Reset();
        return found;
    }
}
