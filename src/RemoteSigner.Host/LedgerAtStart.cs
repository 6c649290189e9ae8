using RemoteSigner.Freshness;
using RemoteSigner.Ledgers;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>The ledger as it was found, before this process wrote anything into it: the newest start it knows, and where its history ended.</summary>
internal sealed record LedgerAtStart(LedgerStart? Start, HistoryEnd End)
{
    public static async Task<LedgerAtStart> ReadAsync(Ledger ledger, SlashingProtection slashing) =>
        new(await slashing.GetStartAsync(), await EndAsync(ledger, slashing));

    public static Task<HistoryEnd> EndAsync(Ledger ledger, SlashingProtection slashing) => ledger.ReadAsync(transaction => HistoryEnd.Of(transaction, slashing));
}
