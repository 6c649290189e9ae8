using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Administration.Keys;

/// <summary>The entries about keys that begin and end together.</summary>
internal static class KeyEvidence
{
    public static long Write(Proceeding proceeding, LedgerTransaction transaction, KeyTurnover turnover, string? detail = null)
    {
        if (turnover.Retired.Count > 0)
        {
            proceeding.Append(transaction, "key.replace", entry => entry with { Keys = turnover.Retired, Detail = "retired: other shares of their validators took their place" });
        }

        return proceeding.Append(transaction, "key.active", entry => entry with { Keys = turnover.Activated, Detail = detail });
    }
}
