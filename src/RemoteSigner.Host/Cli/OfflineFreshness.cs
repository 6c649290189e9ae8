using RemoteSigner.Freshness;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Spec;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>The vault, its fence keys and the witness beside an offline signer: for commands about freshness, and to keep the orderly stop true through a change.</summary>
internal sealed class OfflineFreshness : IDisposable
{
    private readonly OfflineSigner _signer;
    private readonly FenceKeys _keys;

    private OfflineFreshness(OfflineSigner signer, FenceKeys keys, IFreshnessWitness witness, VaultListing vault) => (_signer, _keys, Witness, Vault) = (signer, keys, witness, vault);

    public IFreshnessWitness Witness { get; }

    public FenceKeys Keys => _keys;

    /// <summary>The vault as it is now, authenticated.</summary>
    public VaultListing Vault { get; }

    /// <summary>The ledger as the command found it, with the vault as it is now.</summary>
    public FreshState Found => new(Vault.VaultId, Vault.Generation, _signer.Found.Start, _signer.Found.End);

    /// <summary>Beside <paramref name="vault"/>, or beside one that is opened with the hardware that signer.json names. Null when the operator runs without a witness.</summary>
    /// <exception cref="VaultException">The vault does not open.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public static async Task<OfflineFreshness?> OpenAsync(OfflineSigner signer, Vault? vault = null)
    {
        if (signer.Options.Witness == FreshnessOptions.None)
        {
            return null;
        }

        using var opened = vault is null ? await signer.Keys.OpenVaultAsync() : null;
        var present = vault ?? opened!;
        var keys = present.DeriveFenceKeys();
        try
        {
            return new OfflineFreshness(signer, keys, WitnessAccess.Open(signer.Options, signer.Keys.Hardware, present.Contents.VaultId, keys)!, present.Contents);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>
    /// After a command changed the ledger or the vault: tells the witness where the ledger ends now, if it was the one that was stopped. Where that cannot be done
    /// the change stands all the same, and the operator is told what the next start will do.
    /// </summary>
    public static async Task KeepCleanAsync(OfflineSigner signer, Vault? vault = null)
    {
        try
        {
            var end = await LedgerAtStart.EndAsync(signer.Ledger, signer.Slashing);
            if (signer.Found.Start is null || end == signer.Found.End)
            {
                return;
            }

            using var freshness = await OpenAsync(signer, vault);
            if (freshness is not null && await freshness.KeepAsync(end) is not StartDecision.Serve)
            {
                StandardError.Console.WriteLine("before this command the ledger was not one that was stopped in an orderly way: 'remote-signer freshness status' shows what the next start does");
            }
        }
        catch (Exception exception) when (exception is VaultException or SealingDeviceException or PinException or HsmProfileException or WitnessException or SecretMemoryException or LedgerException)
        {
            StandardError.Console.WriteLine($"the change is made, but the witness of freshness was not told: the next start will raise the floors to the fence ({exception.Message})");
        }
    }

    /// <summary>The fence that covers a history, but no further ahead of the clock than duties can be: a nonsensical import must not close off every key.</summary>
    public static Epoch FenceFor(OfflineSigner signer, HistoryEnd end)
    {
        var after = end.FirstAfter(signer.Network.SlotsPerEpoch);
        return Ceiling(signer) is { } ceiling && ceiling < after ? ceiling : after;
    }

    /// <summary>An epoch that no fence of a signer with a sound clock can have passed; null where the genesis time is not known.</summary>
    public static Epoch? Ceiling(OfflineSigner signer) => Fence.Ceiling(signer.Network, new SlotClock(signer.Network, null, TimeProvider.System));

    /// <summary>The witness of another kind for the same vault.</summary>
    public IFreshnessWitness Other(string kind) => WitnessAccess.Open(kind, _signer.Keys.Hardware, Vault.VaultId, _keys)!;

    /// <summary>Tells the witness where the ledger ends now, if it is the one that was stopped.</summary>
    public Task<StartDecision> KeepAsync(HistoryEnd end) => OfflineChange.KeepAsync(Witness, _keys, _signer.Slashing, Found, end, FenceFor(_signer, end));

    public void Dispose() => _keys.Dispose();
}
