using System.Diagnostics;
using RemoteSigner.Freshness;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Control;

/// <summary>
/// What <c>freshness status</c> prints: <c>serve</c>, <c>raise_floors</c> or <c>refuse</c>, and the numbers behind it (null: not known).
/// </summary>
internal sealed record FreshnessLine(
    string NextStart,
    string Reason,
    string? Code,
    ulong? LedgerStart,
    ulong? WitnessCount,
    ulong? Fence,
    ulong? SourceBound,
    ulong? Floor,
    ulong? FloorSource,
    string? FloorReason,
    ulong VaultGeneration,
    bool CleanStop,
    string Witness,
    string? Rollback
)
{
    public static FreshnessLine Of(StartEvidence evidence, StartDecision decision, GlobalFloor? floor, string witness, string? rollback)
    {
        var (next, reason, code) = decision switch
        {
            StartDecision.Serve => ("serve", "the ledger is the one that was stopped in an orderly way", null),
            StartDecision.RaiseFloors(var raised) => ("raise_floors", raised.Reason, (string?)null),
            StartDecision.Refuse(var refusal) => ("refuse", $"{refusal.Detail}; {refusal.Hint}", refusal.Reason.Name()),
            _ => throw new UnreachableException(),
        };
        return new FreshnessLine(
            next,
            reason,
            code,
            evidence.Ledger?.Start,
            evidence.Witness?.Count,
            evidence.Record?.Fence.Value,
            evidence.Record?.Bounds.Source.Value,
            floor?.Fence.Value,
            floor?.LowestSource.Value,
            floor?.Reason,
            evidence.VaultGeneration,
            evidence.Record?.CleanStop is not null,
            evidence.Witness?.Identity ?? witness,
            rollback
        );
    }
}
