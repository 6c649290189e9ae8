using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Freshness;

/// <summary>What a person may overrule: a refusal becomes floors, and these are they.</summary>
public static class Clearance
{
    /// <summary>
    /// Where the floors will stand when this refusal is cleared; <paramref name="guess"/> counts where the record cannot be trusted to be
    /// the newest.
    /// </summary>
    public static SignedBounds FloorAfter(StartEvidence evidence, FreshnessReason reason, Epoch guess) =>
        evidence.Beyond is { } beyond ? Without(evidence, reason, guess).Join(beyond) : Without(evidence, reason, guess);

    private static SignedBounds Without(StartEvidence evidence, FreshnessReason reason, Epoch guess) =>
        (reason, evidence.Record) switch
        {
            // The witness is the one that went along with every signature: its bounds are the newest. After a run without one, or with a
            // record that is not the newest start's, they are not; nor where it is of another root key than the ledger's vault has, and may
            // have been made anew.
            (
                FreshnessReason.LedgerRolledBack
                    or FreshnessReason.LedgerForeign
                    or FreshnessReason.VaultRolledBack
                    or FreshnessReason.VaultUnknown,
                { } record
            ) when !evidence.IsRecordBehind => record.Bounds,
            (_, { } record) => record.Bounds.Join(SignedBounds.Before(guess)),
            // Of two records nobody knows which is the newest; each says what was let pass under it.
            _ => evidence.ContestBounds is { } contested ? contested.Join(SignedBounds.Before(guess)) : SignedBounds.Before(guess),
        };
}
