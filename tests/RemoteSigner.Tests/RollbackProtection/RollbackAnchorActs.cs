using Microsoft.Extensions.Time.Testing;
using RemoteSigner.Access;
using RemoteSigner.Administration;
using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Audit;
using RemoteSigner.Clocks;
using RemoteSigner.Clusters;
using RemoteSigner.Keys;
using RemoteSigner.Ledgers;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Tests.RollbackProtection;

/// <summary>Does acts about the anchor on an open ledger, as the console does.</summary>
internal static class RollbackAnchorActs
{
    public static Standing Stand(this IRollbackAnchor anchor, FenceKeys keys, ObservedState found, Network network, TimeProvider time) =>
        new(anchor, keys, found, network, new SlotClock(network, null, time));

    public static async Task<T> DoAsync<T>(this AdminAct<T> act, Ledger ledger, SlashingProtection slashing, Standing standing)
    {
        await using var administrator = new Administrator(
            new Beside(slashing, ledger, standing),
            slashing,
            await AuditLog.OpenAsync(ledger, new FakeTimeProvider()),
            await PendingActs.OpenAsync(ledger),
            new ClusterLibrary(new ClusterArchive("none")),
            new AccessPolicy(new Dictionary<string, ClientPermissions>()),
            standing.Clock
        );
        return await administrator.ExecuteAsync(act, new Actor.LocalUser("test"));
    }

    /// <summary>As beside a data directory that nobody serves: after an act that failed on its way an orderly stop stays true.</summary>
    private sealed class Beside(SlashingProtection slashing, Ledger ledger, Standing standing) : ISite
    {
        public RollbackRefusal? Refusal => null;

        public Task<Vault> OpenNewestVaultAsync() => throw new InvalidOperationException("no act about the anchor opens the vault");

        public Task PrepareFenceAsync(Vault vault, NewRootKey next) => Task.CompletedTask;

        public Task<bool> HandFenceOverAsync(Vault vault) => throw new InvalidOperationException("no act about the anchor opens the vault");

        public void Tell(string message) { }

        public async Task SettleAsync(Vault? vault, HeldShares held, bool history)
        {
            try
            {
                var end = await ledger.ReadAsync(transaction => HistoryEnd.Of(transaction, slashing));
                if (standing.Found.Ledger is not null && end != standing.Found.End)
                {
                    await OfflineChange.KeepAsync(standing.Anchor, standing.Keys, slashing, standing.Found, end, standing.FenceFor(end));
                }
            }
            catch (RollbackAnchorException)
            {
                // The next start finds an unclean stop.
            }
        }
    }
}
