using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.RollbackProtection;

/// <summary>What a person may overrule: a refusal becomes low watermarks, and these are they.</summary>
public static class Clearance
{
    /// <summary>
    /// Where the low watermarks will stand when this refusal is cleared; <paramref name="guess"/> counts where the record cannot be trusted
    /// to be the newest.
    /// </summary>
    public static SignedBounds LowWatermarkAfter(StartEvidence evidence, RollbackReason reason, Epoch guess) =>
        evidence.Beyond is { } beyond ? Without(evidence, reason, guess).Join(beyond) : Without(evidence, reason, guess);

    private static SignedBounds Without(StartEvidence evidence, RollbackReason reason, Epoch guess) =>
        (reason, evidence.Record) switch
        {
            // The anchor is the one that went along with every signature: its bounds are the newest. After a run without one, or with a
            // record that is not the newest start's, they are not; nor where it is of another root key than the ledger's vault has, and may
            // have been made anew.
            (
                RollbackReason.LedgerRolledBack
                    or RollbackReason.LedgerForeign
                    or RollbackReason.VaultRolledBack
                    or RollbackReason.VaultUnknown,
                { } record
            ) when !evidence.IsRecordBehind => record.Bounds,
            (_, { } record) => record.Bounds.Join(SignedBounds.Before(guess)),
            // Of two records nobody knows which is the newest; each says what was let pass under it.
            _ => evidence.ContestBounds is { } contested ? contested.Join(SignedBounds.Before(guess)) : SignedBounds.Before(guess),
        };
}
