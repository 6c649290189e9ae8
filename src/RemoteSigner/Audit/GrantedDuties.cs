using RemoteSigner.Ledgers;
using RemoteSigner.Slashing.Store;

namespace RemoteSigner.Audit;

/// <summary>Holds what an entry claims to have granted against what was granted before, and against the slashing records.</summary>
internal static class GrantedDuties
{
    /// <summary>Notes a granted block or vote; the number of the entry that granted another root for its slot or target, or null.</summary>
    public static long? FindOther(LedgerTransaction transaction, SignedClaim claim) =>
        claim switch
        {
            { IsBlock: true, ShareKey: { } share, Slot: { } slot and <= long.MaxValue, Root: { } root } => GrantedRoots.NoteBlock(
                transaction,
                share,
                (long)slot,
                root,
                claim.Sequence
            ),
            { IsAttestation: true, ShareKey: { } share, Target: { } target and <= long.MaxValue, Root: { } root } => GrantedRoots.NoteVote(
                transaction,
                share,
                (long)target,
                root,
                claim.Sequence
            ),
            _ => null,
        };

    /// <summary>
    /// True when the entry needs no record, has one, or lies below low watermarks that refuse all that could collide with it. No record
    /// holds a number past 2^63-1.
    /// </summary>
    public static bool AreCovered(LedgerTransaction transaction, SignedClaim claim) =>
        (!claim.IsBlock || IsBlockCovered(transaction, claim)) && (!claim.IsAttestation || IsVoteCovered(transaction, claim));

    private static bool IsBlockCovered(LedgerTransaction transaction, SignedClaim claim) =>
        claim is { ShareKey: { } share, Slot: { } slot and <= long.MaxValue, Root: { } root }
        && RecordedDuties.CoverBlock(transaction, share, (long)slot, root);

    private static bool IsVoteCovered(LedgerTransaction transaction, SignedClaim claim) =>
        claim is { ShareKey: { } share, Source: { } source and <= long.MaxValue, Target: { } target and <= long.MaxValue, Root: { } root }
        && RecordedDuties.CoverVote(transaction, share, (long)source, (long)target, root);
}
