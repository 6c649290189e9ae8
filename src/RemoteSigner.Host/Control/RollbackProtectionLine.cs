using System.Diagnostics;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What <c>rollback-protection status</c> prints: <c>serve</c>, <c>raise_low_watermarks</c> or <c>refuse</c>, and the numbers behind it
/// (null: not known).
/// </summary>
internal sealed record RollbackProtectionLine(
    string NextStart,
    string Reason,
    string? Code,
    ulong? LedgerStart,
    ulong? AnchorCount,
    ulong? Fence,
    ulong? SourceBound,
    ulong? LowWatermark,
    ulong? LowWatermarkSource,
    string? LowWatermarkReason,
    ulong VaultGeneration,
    bool CleanStop,
    string Anchor,
    string? Rollback
)
{
    public static RollbackProtectionLine Of(
        StartEvidence evidence,
        StartDecision decision,
        GlobalLowWatermark? lowWatermark,
        string anchor,
        string? rollback
    )
    {
        var (next, reason, code) = decision switch
        {
            StartDecision.Serve => ("serve", "the ledger is the one that was stopped in an orderly way", null),
            StartDecision.RaiseLowWatermarks(var raised) => ("raise_low_watermarks", raised.Reason, (string?)null),
            StartDecision.Refuse(var refusal) => ("refuse", $"{refusal.Detail}; {refusal.Hint}", refusal.Reason.Name()),
            _ => throw new UnreachableException(),
        };
        return new RollbackProtectionLine(
            next,
            reason,
            code,
            evidence.Ledger?.Start,
            evidence.Anchor?.Count,
            evidence.Record?.Fence.Value,
            evidence.Record?.Bounds.Source.Value,
            lowWatermark?.Fence.Value,
            lowWatermark?.LowestSource.Value,
            lowWatermark?.Reason,
            evidence.VaultGeneration,
            evidence.Record?.CleanStop is not null,
            evidence.Anchor?.Identity ?? anchor,
            rollback
        );
    }
}
