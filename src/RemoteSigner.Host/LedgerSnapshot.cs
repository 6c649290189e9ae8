using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host;

/// <summary>
/// The ledger as it was found, before this process wrote anything into it: the newest start it knows, where its history ended, and what it
/// remembers of its vault.
/// </summary>
internal sealed record LedgerSnapshot(LedgerStart? Start, HistoryEnd End, KnownVault? Vault)
{
    /// <exception cref="VaultException">What it remembers of the vault was written by a later program.</exception>
    public static async Task<LedgerSnapshot> ReadAsync(Ledger ledger, SlashingProtection slashing)
    {
        await LedgerNotes.OpenAsync(ledger);
        return new(await slashing.GetStartAsync(), await EndAsync(ledger, slashing), await ledger.ReadAsync(KnownVault.Read));
    }

    /// <summary>The two of them with the vault that was opened, which they are held against.</summary>
    public ObservedState With(VaultAnchor vault) => new(vault, Start, End) { Known = Vault };

    public static Task<HistoryEnd> EndAsync(Ledger ledger, SlashingProtection slashing) =>
        ledger.ReadAsync(transaction => HistoryEnd.Of(transaction, slashing));
}
