namespace RemoteSigner.Audit;

/// <summary>What a walk along the audit chain found; a closed choice.</summary>
public abstract record AuditVerification
{
    private AuditVerification() { }

    /// <summary>
    /// Every hash follows from the one before, and entries and slashing records agree. <paramref name="Records"/>: slashing records made
    /// here that were matched;
    /// <paramref name="Unmatched"/>: those whose entry was dropped and is in no segment that was given.
    /// </summary>
    public sealed record Intact(AuditHead Head, long Records, long Unmatched = 0) : AuditVerification;

    /// <summary>
    /// The first thing that is wrong. <paramref name="Sequence"/>: the entry at fault, or the one a slashing record misses.
    /// </summary>
    public sealed record Broken(long Sequence, string Problem) : AuditVerification;
}
