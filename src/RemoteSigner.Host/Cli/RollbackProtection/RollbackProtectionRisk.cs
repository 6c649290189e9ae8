using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Cli;

/// <summary>What a person risks who overrules the start protocol, in words that stand on the console before it is done.</summary>
internal static class RollbackProtectionRisk
{
    /// <param name="former">The anchor that the ledger names, where signer.json names one of another kind; else null.</param>
    public static string Describe(
        StartEvidence evidence,
        StartDecision decision,
        GlobalLowWatermark? lowWatermark,
        Epoch guess,
        string? former
    ) =>
        decision switch
        {
            StartDecision.Refuse(var refusal) => Refused(
                evidence,
                refusal,
                Clearance.LowWatermarkAfter(evidence, refusal.Reason, guess),
                former
            ),
            StartDecision.RaiseLowWatermarks(var raised) => LowWatermarks(
                evidence,
                raised.Lost.Join(lowWatermark?.Lost ?? raised.Lost),
                lowWatermark?.Reason ?? raised.Reason
            ),
            _ => LowWatermarks(evidence, lowWatermark!.Lost, lowWatermark.Reason),
        };

    private static string Refused(StartEvidence evidence, RollbackRefusal refusal, SignedBounds lost, string? former) =>
        $"""
            {refusal.Detail}
            {Ledger(evidence)}
            {Stopped(evidence)}
            Clearing takes vault, ledger and anchor as they are. With any key nothing before epoch {lost.Fence} is signed then, and no vote until a source epoch of {lost.Source} or later is justified.
            RISK: what was signed between this ledger and that epoch is lost with its audit entries; history that was imported from other signers since, too.
            {(
                lost == evidence.Record?.Bounds
                    ? "The anchor vouches that nothing at or beyond that epoch was signed, and no vote with a later source."
                    : "NOBODY vouches for that epoch: it comes from this machine's clock or from you. "
                        + "Had anything beyond it been signed, the next signature could be slashed."
            )}
            {OfVault(refusal.Reason)}{OfStranger(evidence)}{OfFormer(
                former
            )}Better: put the newest copy of the ledger and the vault back, if there is one.
            """;

    /// <summary>What is risked with a vault that is not the ledger's; empty for reasons that are not about it.</summary>
    public static string OfVault(RollbackReason reason) =>
        reason switch
        {
            RollbackReason.VaultReplaced =>
                "RISK: whoever made this vault has its root key, and reads every key that is sealed into it from now on. "
                    + "Take it only where it is your own: from before the root key was changed, or of this very signer.\n",
            RollbackReason.VaultRolledBack or RollbackReason.VaultUnknown =>
                "RISK: what was sealed, removed or taken away since is as it was in this copy: shares "
                    + "that came are missing, and slots that were taken away open it again.\n",
            _ => "",
        };

    /// <summary>What is risked with a ledger that may be an old copy, where no anchor says what was signed since.</summary>
    public static string OfLedger(SignedBounds lost) =>
        $"""
            RISK: where it is the ledger that was put back, what was signed since is not in it, and contradicting that is SLASHED. Nothing before epoch {lost.Fence} is signed then, and no vote until a source epoch of {lost.Source} or later is justified.
            NOBODY vouches for that epoch: it comes from this machine's clock or from you.

            """;

    private static string OfFormer(string? former) =>
        former is null
            ? ""
            : $"RISK: the former anchor, {former}, vouches for copies from before as long as it is there: one that is put "
                + "back with the signer.json of then is served, and what was signed since "
                + "is SLASHED. It is voided where it can be reached.\n";

    private static string OfStranger(StartEvidence evidence) =>
        evidence.Stranger is null
            ? ""
            : "RISK: what the device keeps for this vault under another root key is taken away. A signer elsewhere "
                + "that lives by it signs nothing any more from its next start or move of the fence on.\n";

    private static string LowWatermarks(StartEvidence evidence, SignedBounds lost, string reason) =>
        $"""
            {reason}
            {Ledger(evidence)}
            {Stopped(evidence)}
            Clearing takes the low watermarks away and takes this ledger for the newest.
            RISK: if it is an old copy, whatever was signed between it and epoch {lost.Fence} may be signed again with different content, which is slashable; and until a source epoch of {lost.Source} is justified a vote may surround a lost one, which is slashable as well.
            Only where the ledger was on this disk all the time, through a crash or a power cut, and no signer was ever started with a copy of this data directory, nothing is risked.
            Better: wait until epoch {lost.Fence} has come and a source epoch of {lost.Source} or later is justified. Where the chain cannot justify one, because so many validators wait for it like this one, that will not come: then each of them needs a person here, and only where no ledger is an old copy.
            """;

    private static string Ledger(StartEvidence evidence) =>
        $"The ledger here ends at audit entry {evidence.End.Entries}: newest target epoch "
        + $"{Text(evidence.End.Target?.Value)}, newest block slot {Text(evidence.End.Slot?.Value)}.";

    private static string Stopped(StartEvidence evidence) =>
        evidence.Record is { } record
            ? record.CleanStop is { } stop
                ? $"The anchor knows an orderly stop at audit entry {stop.Entries}: newest source epoch "
                    + $"{Text(stop.Source?.Value)}; fence at epoch {record.Fence}, sources to epoch {record.Bounds.Source}."
                : $"The anchor knows no orderly stop; fence at epoch {record.Fence}, sources to epoch {record.Bounds.Source}."
            : evidence.ContestBounds is { } contested
                ? "The anchor holds records of two signers; together they bear blocks and targets "
                    + $"before epoch {contested.Fence}, and sources to epoch {contested.Source}."
                : evidence.Beyond is { } beyond
                    ? $"The place of the present root key bears blocks and targets before epoch {beyond.Fence}, "
                        + $"and sources to epoch {beyond.Source}; the fence could not go on there."
                    : "The anchor knows nothing.";

    private static string Text(ulong? number) => number?.ToString() ?? "none";
}
