using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;

namespace RemoteSigner.Host.Cli;

/// <summary>What a person risks who overrules the start protocol, in words that stand on the console before it is done.</summary>
internal static class FreshnessRisk
{
    public static string Describe(StartEvidence evidence, StartDecision decision, GlobalFloor? floor, Epoch guess) => decision switch
    {
        StartDecision.Refuse(var refusal) => $"""
            {refusal.Detail}
            {Ledger(evidence)}
            {Stopped(evidence)}
            Clearing takes vault, ledger and witness as they are, and signs nothing before epoch {Clearance.FloorAfter(evidence, refusal.Reason, guess)} with any key.
            RISK: what was signed between this ledger and that epoch is lost with its audit entries; history that was imported from other signers since, too.
            {(Clearance.FloorAfter(evidence, refusal.Reason, guess) == evidence.Record?.Fence ? "The witness vouches that nothing at or beyond that epoch was signed." : "NOBODY vouches for that epoch: it comes from this machine's clock or from you. Had anything beyond it been signed, the next signature could be slashed.")}
            Better: put the newest copy of the ledger and the vault back, if there is one.
            """,
        _ => $"""
            {floor?.Reason ?? (decision as StartDecision.RaiseFloors)?.Floor.Reason}
            {Ledger(evidence)}
            {Stopped(evidence)}
            Clearing takes the floors away and takes this ledger for the newest.
            RISK: if it is an old copy, whatever was signed between it and epoch {evidence.Record!.Fence} may be signed again in another way, which is SLASHED.
            Only where the ledger was on this disk all the time, through a crash or a power cut, nothing is risked.
            Better: wait until epoch {floor?.Fence ?? evidence.Record.Fence} has come.
            """,
    };

    private static string Ledger(StartEvidence evidence) =>
        $"The ledger here ends at audit entry {evidence.End.Entries}: newest target epoch {Text(evidence.End.Target?.Value)}, newest block slot {Text(evidence.End.Slot?.Value)}.";

    private static string Stopped(StartEvidence evidence) => evidence.Record is { } record
        ? record.CleanStop is { } stop
            ? $"The witness knows an orderly stop at audit entry {stop.Entries}: newest target epoch {Text(stop.Target?.Value)}, newest block slot {Text(stop.Slot?.Value)}; fence at epoch {record.Fence}."
            : $"The witness knows no orderly stop; fence at epoch {record.Fence}."
        : "The witness knows nothing.";

    private static string Text(ulong? number) => number?.ToString() ?? "none";
}
