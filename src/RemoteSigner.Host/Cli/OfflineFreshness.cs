using RemoteSigner.Consensus.Slashing;
using RemoteSigner.Consensus.Spec;
using RemoteSigner.Freshness;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using Spectre.Console;

namespace RemoteSigner.Host.Cli;

/// <summary>The vault, its fence keys and the witness beside an offline signer: for commands about freshness, and to keep the orderly stop true through a change.</summary>
internal sealed class OfflineFreshness : IDisposable
{
    private readonly OfflineSigner _signer;
    private readonly Hardware _hardware;
    private readonly IReadOnlyList<IDisposable> _owned;
    private readonly FenceKeys _keys;

    private OfflineFreshness(OfflineSigner signer, Hardware hardware, IReadOnlyList<IDisposable> owned, FenceKeys keys, IFreshnessWitness witness, VaultListing vault) =>
        (_signer, _hardware, _owned, _keys, Witness, Vault) = (signer, hardware, owned, keys, witness, vault);

    public IFreshnessWitness Witness { get; }

    public FenceKeys Keys => _keys;

    /// <summary>The vault as it is now, authenticated.</summary>
    public VaultListing Vault { get; }

    /// <summary>The ledger as the command found it, with the vault as it is now.</summary>
    public FreshState Found => new(Vault.VaultId, Vault.Generation, _signer.Found.Start, _signer.Found.End);

    /// <summary>Opens the vault with <paramref name="sealedKeys"/>, or with the hardware that signer.json names. Null when the operator runs without a witness.</summary>
    /// <exception cref="VaultException">The vault does not open.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public static async Task<OfflineFreshness?> OpenAsync(OfflineSigner signer, SealedKeys? sealedKeys = null)
    {
        if (signer.Options.Witness == FreshnessOptions.None)
        {
            return null;
        }

        var owned = new Stack<IDisposable>();
        try
        {
            if (sealedKeys is null)
            {
                var arena = new SecretArena();
                owned.Push(arena);
                sealedKeys = SealedKeys.Open(signer.Data, signer.Options, arena, TimeProvider.System);
                owned.Push(sealedKeys);
            }

            using var vault = await sealedKeys.OpenVaultAsync();
            var keys = vault.DeriveFenceKeys();
            owned.Push(keys);
            var witness = WitnessAccess.Open(signer.Options, sealedKeys.Hardware, vault.Contents.VaultId, keys);
            return new OfflineFreshness(signer, sealedKeys.Hardware, [.. owned], keys, witness!, vault.Contents);
        }
        catch
        {
            foreach (var one in owned)
            {
                one.Dispose();
            }

            throw;
        }
    }

    /// <summary>
    /// After a command changed the ledger or the vault: tells the witness where the ledger ends now, if it was the one that was stopped. Where that cannot be done
    /// the change stands all the same, and the operator is told what the next start will do.
    /// </summary>
    public static async Task KeepCleanAsync(OfflineSigner signer, SealedKeys? sealedKeys = null)
    {
        var end = await LedgerAtStart.EndAsync(signer.Ledger, signer.Slashing);
        if (signer.Found.Start is null || end == signer.Found.End)
        {
            return;
        }

        try
        {
            using var freshness = await OpenAsync(signer, sealedKeys);
            if (freshness is not null && await freshness.KeepAsync(end) is not StartDecision.Serve)
            {
                StandardError.Console.WriteLine("before this command the ledger was not one that was stopped in an orderly way: 'remote-signer freshness status' shows what the next start does");
            }
        }
        catch (Exception exception) when (exception is VaultException or SealingDeviceException or PinException or HsmProfileException or WitnessException or SecretMemoryException)
        {
            StandardError.Console.WriteLine($"the change is made, but the witness of freshness was not told: the next start will raise the floors to the fence ({exception.Message})");
        }
    }

    /// <summary>Before a change to the vault: one that was put back would take the generation that gives it away.</summary>
    /// <exception cref="CliError">The ledger knows a newer vault.</exception>
    public static void RequireNewest(LedgerStart? known, ulong generation)
    {
        if (known is not null && generation < known.VaultGeneration)
        {
            throw new CliError(
                $"the vault has generation {generation} and had {known.VaultGeneration} before: an old copy of it was put back; nothing was changed",
                "put the newest vault in its place; where it is lost, 'remote-signer freshness clear' takes this one for the newest");
        }
    }

    /// <summary>The fence that covers a history, but no further ahead of the clock than duties can be: a nonsensical import must not close off every key.</summary>
    public static Epoch FenceFor(OfflineSigner signer, HistoryEnd end)
    {
        var after = end.FirstAfter(signer.Network.SlotsPerEpoch);
        return Ceiling(signer) is { } ceiling && ceiling < after ? ceiling : after;
    }

    /// <summary>An epoch that no fence of a signer with a sound clock can have passed; null where the genesis time is not known.</summary>
    public static Epoch? Ceiling(OfflineSigner signer) =>
        new SlotClock(signer.Network, null, TimeProvider.System).Now is { } now ? new Epoch(signer.Network.EpochOf(now).Value + Fence.Ahead + 1) : null;

    /// <summary>The witness of another kind for the same vault.</summary>
    public IFreshnessWitness Other(string kind) => WitnessAccess.Open(kind, _hardware, Vault.VaultId, _keys)!;

    /// <summary>Tells the witness where the ledger ends now, if it is the one that was stopped.</summary>
    public Task<StartDecision> KeepAsync(HistoryEnd end) => OfflineChange.KeepAsync(Witness, _keys, _signer.Slashing, Found, end, FenceFor(_signer, end));

    public void Dispose()
    {
        foreach (var one in _owned)
        {
            one.Dispose();
        }
    }
}
