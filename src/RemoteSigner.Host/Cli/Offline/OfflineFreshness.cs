using RemoteSigner.Administration;
using RemoteSigner.Administration.Freshness;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Freshness;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// The vault, its fence keys and the witness beside an offline signer: for commands about freshness, and to keep the orderly stop true
/// through a change.
/// </summary>
internal sealed class OfflineFreshness : IDisposable
{
    private readonly OfflineSigner _signer;
    private readonly FenceKeys _keys;

    private OfflineFreshness(OfflineSigner signer, FenceKeys keys, IFreshnessWitness witness, VaultAnchor vault, SignedBounds? beyond)
    {
        (_signer, _keys, Vault) = (signer, keys, vault);
        var standing = StandingOf(signer, keys, witness, vault);
        Standing = standing with { Found = standing.Found with { Beyond = beyond } };
    }

    /// <summary>Is it the fence of the root key before the present one, because a start with it would be refused?</summary>
    public bool IsUnderFormer { get; private init; }

    /// <summary>The witness, and what it is held against.</summary>
    public Standing Standing { get; }

    public IFreshnessWitness Witness => Standing.Witness;

    /// <summary>The vault as it is now, authenticated.</summary>
    public VaultAnchor Vault { get; }

    /// <summary>The ledger as the command found it, with the vault as it is now.</summary>
    public static Standing StandingOf(OfflineSigner signer, FenceKeys keys, IFreshnessWitness witness, VaultAnchor vault) =>
        new(witness, keys, signer.Found.With(vault), signer.Network, signer.Clock);

    /// <summary>
    /// Beside <paramref name="vault"/>, or beside one that is opened with the hardware that signer.json names. Null when the operator runs
    /// without a witness.
    /// </summary>
    /// <exception cref="VaultException">The vault does not open.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public static Task<OfflineFreshness?> OpenAsync(OfflineSigner signer, Vault? vault = null) =>
        OpenAsync(signer, vault, isOfVault: false);

    /// <summary>
    /// For a person who asks why: the witness is looked at where the vault that is here has its own, be it the ledger's vault or not.
    /// </summary>
    public static Task<OfflineFreshness?> LookAsync(OfflineSigner signer) => OpenAsync(signer, null, isOfVault: true);

    private static async Task<OfflineFreshness?> OpenAsync(OfflineSigner signer, Vault? vault, bool isOfVault)
    {
        if (signer.Options.Witness == FreshnessOptions.None)
        {
            return null;
        }

        using var opened = vault is null ? await OpenVaultAsync(signer) : null;
        var present = vault ?? opened!;
        if (isOfVault)
        {
            signer.Keys.Hardware.PinTpm(present.Anchor.StorageRoots);
        }

        var keys = present.DeriveFenceKeys();
        var former = present.DeriveFormerFenceKeys();
        try
        {
            var isUnderFormer = former is not null && !await SucceedAsync(signer, present, former, keys);
            var used = isUnderFormer ? former! : keys;
            var beyond = isUnderFormer ? await SuccessionOf(signer, present, former!, keys).NextBoundsAsync(CancellationToken.None) : null;
            (isUnderFormer ? keys : former)?.Dispose();
            return new OfflineFreshness(signer, used, WitnessOf(signer, present, used), present.Anchor, beyond)
            {
                IsUnderFormer = isUnderFormer,
            };
        }
        catch
        {
            keys.Dispose();
            former?.Dispose();
            throw;
        }
    }

    private static async Task<Vault> OpenVaultAsync(OfflineSigner signer)
    {
        var vault = await signer.Keys.OpenVaultAsync();
        await FormerRootKey.RecallAsync(signer.Pending, vault);
        return vault;
    }

    private static IFreshnessWitness WitnessOf(OfflineSigner signer, Vault vault, FenceKeys keys) =>
        WitnessAccess.Open(signer.Options, signer.Keys.Hardware, vault.Contents.VaultId, keys)!;

    /// <summary>The fence of this vault, from the place of one root key to that of the next.</summary>
    public static FenceSuccession SuccessionOf(OfflineSigner signer, Vault vault, FenceKeys former, FenceKeys next) =>
        new(
            new WitnessPlace(WitnessOf(signer, vault, former), former),
            new WitnessPlace(WitnessOf(signer, vault, next), next),
            signer.Slashing,
            StartLog.Succession(signer.Audit)
        );

    // Before anything is judged by it or told to it.
    private static async Task<bool> SucceedAsync(OfflineSigner signer, Vault vault, FenceKeys former, FenceKeys keys)
    {
        var isNext = await SuccessionOf(signer, vault, former, keys).RunAsync(signer.Found.With(vault.Anchor), CancellationToken.None);
        await signer.LedgerNamesAsync();
        return isNext;
    }

    /// <summary>
    /// Why ledger or vault is not the newest, as the witness knows both of them; null where it vouches for them, and where none was made
    /// yet. One that says that it is missing, another or not of this root key has answered. One that does not answer says nothing: then the
    /// ledger alone knows the vault, and where it does not remember it yet nobody does. Where <paramref name="isByRecovery"/> a person with
    /// the recovery key may have lost the witness with a device.
    /// </summary>
    public static async Task<FreshnessRefusal?> FindPutBackAsync(OfflineSigner signer, Vault vault, bool isByRecovery)
    {
        var isKnown = isByRecovery || signer.Found.Start is null || signer.Found.Vault is not null;
        try
        {
            using var freshness = await OpenAsync(signer, vault);
            if (freshness is null)
            {
                return signer.Found.Start is { } start && !isByRecovery ? Fence.SwitchedOff(start) : null;
            }

            var evidence = await freshness.Standing.LookAsync();
            return
                (StartRules.Decide(evidence) as StartDecision.Refuse)?.Refusal is { } refusal
                && !MayStand(evidence, refusal.Reason, isByRecovery, freshness.IsUnderFormer)
                ? refusal
                : null;
        }
        catch (Exception exception) when (exception is WitnessException or SealingDeviceException or PinException or HsmProfileException)
        {
            if (signer.Found.Start is not null && isKnown)
            {
                StandardError.Console.WriteLine(
                    "the witness of freshness does not answer, so the ledger alone says that this vault is the "
                        + $"newest: keep whatever is imported until a start has served it ({exception.Message})"
                );
            }

            return isKnown ? null : NotVouched(exception.Message);
        }
    }

    /// <summary>
    /// After a command changed the ledger or the vault: tells the witness where the ledger ends now, if it was the one that was stopped.
    /// Where that cannot be done the change stands all the same, and the operator is told what the next start will do.
    /// </summary>
    public static async Task KeepCleanAsync(OfflineSigner signer, Vault? vault = null)
    {
        try
        {
            // Also where the witness is not told: an old vault put back must be noticed after an unclean stop, too.
            if (vault is not null)
            {
                await signer.Slashing.FollowVaultAsync(vault.Contents.Generation);
                await signer.LedgerKnowsAsync(vault.Contents.Generation);
            }

            var end = await LedgerAtStart.EndAsync(signer.Ledger, signer.Slashing);
            if (signer.Found.Start is null || end == signer.Found.End)
            {
                return;
            }

            using var freshness = await OpenAsync(signer, vault);
            if (freshness is null)
            {
                return;
            }

            if (await freshness.KeepAsync(end) is StartDecision.Serve)
            {
                signer.WitnessKnows(end);
            }
            else
            {
                StandardError.Console.WriteLine(
                    "before this command the ledger was not one that was stopped in an orderly way: "
                        + "'remote-signer freshness status' shows what the next start does"
                );
            }
        }
        catch (Exception exception)
            when (exception
                    is VaultException
                        or SealingDeviceException
                        or PinException
                        or HsmProfileException
                        or WitnessException
                        or SecretMemoryException
                        or LedgerException
            )
        {
            StandardError.Console.WriteLine(
                "the change is made, but the witness of freshness was not told: the next "
                    + $"start will raise the floors to the fence ({exception.Message})"
            );
        }
    }

    /// <summary>The witness of another kind for the same vault.</summary>
    public IFreshnessWitness Other(string kind) => WitnessAccess.Open(kind, _signer.Keys.Hardware, Vault.VaultId, _keys)!;

    /// <summary>Tells the witness where the ledger ends now, if it is the one that was stopped.</summary>
    public Task<StartDecision> KeepAsync(HistoryEnd end) =>
        OfflineChange.KeepAsync(Witness, _keys, _signer.Slashing, Standing.Found, end, Standing.FenceFor(end));

    public void Dispose() => _keys.Dispose();

    private static FreshnessRefusal NotVouched(string why) =>
        new(
            FreshnessReason.VaultUnknown,
            $"this ledger does not remember its vault yet, and the witness of freshness does not vouch for the one that is here: {why}",
            "let the witness answer, and repeat it: then the ledger remembers the "
                + "vault; 'remote-signer freshness status' shows how it stands"
        );

    // Before a witness has its first record nothing was signed by it, and nobody can say more.
    private static bool MayStand(StartEvidence evidence, FreshnessReason reason, bool isByRecovery, bool isUnderFormer) =>
        reason == FreshnessReason.NotEnrolled
        || evidence is { Ledger: null, Witness.Record.IsEmpty: true }
        // A device that keeps a fence of this vault under another root key is not lost, but for one that the fence could not go on in yet.
        || (isByRecovery && !IsPutBack(reason) && (evidence.Stranger is null || isUnderFormer));

    private static bool IsPutBack(FreshnessReason reason) =>
        reason
            is FreshnessReason.VaultReplaced
                or FreshnessReason.VaultUnknown
                or FreshnessReason.VaultRolledBack
                or FreshnessReason.LedgerRolledBack
                or FreshnessReason.LedgerForeign;
}
