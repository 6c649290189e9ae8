using RemoteSigner.Administration.RollbackProtection;
using RemoteSigner.Administration.Seals;
using RemoteSigner.Host.Configuration;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Host.Cli;

/// <summary>
/// The vault, its fence keys and the anchor beside an offline signer: for commands about rollback protection, and to keep the orderly stop
/// true through a change.
/// </summary>
internal sealed class OfflineRollbackProtection : IDisposable
{
    private readonly OfflineSigner _signer;
    private readonly FenceKeys _keys;

    private OfflineRollbackProtection(OfflineSigner signer, FenceKeys keys, IRollbackAnchor anchor, VaultAnchor vault, SignedBounds? beyond)
    {
        (_signer, _keys, Vault) = (signer, keys, vault);
        var standing = StandingOf(signer, keys, anchor, vault);
        Standing = standing with { Found = standing.Found with { Beyond = beyond } };
    }

    /// <summary>Is it the fence of the root key before the present one, because a start with it would be refused?</summary>
    public bool IsUnderFormer { get; private init; }

    /// <summary>The anchor, and what it is held against.</summary>
    public Standing Standing { get; }

    public IRollbackAnchor Anchor => Standing.Anchor;

    /// <summary>The vault as it is now, authenticated.</summary>
    public VaultAnchor Vault { get; }

    /// <summary>The ledger as the command found it, with the vault as it is now.</summary>
    public static Standing StandingOf(OfflineSigner signer, FenceKeys keys, IRollbackAnchor anchor, VaultAnchor vault) =>
        new(anchor, keys, signer.Found.With(vault), signer.Network, signer.Clock);

    /// <summary>
    /// Beside <paramref name="vault"/>, or beside one that is opened with the hardware that signer.json names. Null when the operator runs
    /// without an anchor.
    /// </summary>
    /// <exception cref="VaultException">The vault does not open.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    public static Task<OfflineRollbackProtection?> OpenAsync(OfflineSigner signer, Vault? vault = null) =>
        OpenAsync(signer, vault, isOfVault: false);

    /// <summary>
    /// For a person who asks why: the anchor is looked at where the vault that is here has its own, be it the ledger's vault or not.
    /// </summary>
    public static Task<OfflineRollbackProtection?> LookAsync(OfflineSigner signer) => OpenAsync(signer, null, isOfVault: true);

    private static async Task<OfflineRollbackProtection?> OpenAsync(OfflineSigner signer, Vault? vault, bool isOfVault)
    {
        if (signer.Options.Anchor == RollbackProtectionOptions.None)
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
            var beyond = isUnderFormer
                ? await AnchorsOf(signer).SuccessionOf(present, former!, keys).NextBoundsAsync(CancellationToken.None)
                : null;
            (isUnderFormer ? keys : former)?.Dispose();
            return new OfflineRollbackProtection(
                signer,
                used,
                AnchorsOf(signer).Open(present.Contents.VaultId, used)!,
                present.Anchor,
                beyond
            )
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

    /// <summary>The anchors of the vault, which the hardware that signer.json names has; its PIN may be read now.</summary>
    public static RollbackAnchors AnchorsOf(OfflineSigner signer) =>
        new(signer.Options, signer.Keys.Hardware, signer.Slashing, signer.Audit);

    // Before anything is judged by it or told to it.
    private static async Task<bool> SucceedAsync(OfflineSigner signer, Vault vault, FenceKeys former, FenceKeys keys)
    {
        var isNext = await AnchorsOf(signer)
            .SuccessionOf(vault, former, keys)
            .RunAsync(signer.Found.With(vault.Anchor), CancellationToken.None);
        await signer.LedgerNamesAsync();
        return isNext;
    }

    /// <summary>
    /// Why ledger or vault is not the newest, as the anchor knows both of them; null where it vouches for them, and where none was made
    /// yet. One that says that it is missing, another or not of this root key has answered. One that does not answer says nothing: then the
    /// ledger alone knows the vault, and where it does not remember it yet nobody does. Where <paramref name="isByRecovery"/> a person with
    /// the recovery key may have lost the anchor with a device.
    /// </summary>
    public static async Task<RollbackRefusal?> FindPutBackAsync(OfflineSigner signer, Vault vault, bool isByRecovery)
    {
        var isKnown = isByRecovery || signer.Found.Start is null || signer.Found.Vault is not null;
        try
        {
            using var rollbackProtection = await OpenAsync(signer, vault);
            if (rollbackProtection is null)
            {
                return signer.Found.Start is { } start && !isByRecovery ? Fence.SwitchedOff(start) : null;
            }

            var evidence = await rollbackProtection.Standing.LookAsync();
            return
                (StartRules.Decide(evidence) as StartDecision.Refuse)?.Refusal is { } refusal
                && !MayStand(evidence, refusal.Reason, isByRecovery, rollbackProtection.IsUnderFormer)
                ? refusal
                : null;
        }
        catch (Exception exception) when (Trouble.IsOfHardware(exception))
        {
            if (signer.Found.Start is not null && isKnown)
            {
                StandardError.Console.WriteLine(
                    "the anchor of rollback protection does not answer, so the ledger alone says that this vault is the "
                        + $"newest: keep whatever is imported until a start has served it ({exception.Message})"
                );
            }

            return isKnown ? null : NotVouched(exception.Message);
        }
    }

    /// <summary>
    /// After a command changed the ledger or the vault: tells the anchor where the ledger ends now, if it was the one that was stopped.
    /// Where that cannot be done the change stands all the same, and the operator is told what the next start will do.
    /// </summary>
    public static async Task KeepCleanAsync(OfflineSigner signer, Vault? vault = null)
    {
        try
        {
            // Also where the anchor is not told: an old vault put back must be noticed after an unclean stop, too.
            if (vault is not null)
            {
                await signer.Slashing.FollowVaultAsync(vault.Contents.Generation);
                await signer.LedgerKnowsAsync(vault.Contents.Generation);
            }

            var end = await LedgerSnapshot.EndAsync(signer.Ledger, signer.Slashing);
            if (signer.Found.Start is null || end == signer.Found.End)
            {
                return;
            }

            using var rollbackProtection = await OpenAsync(signer, vault);
            if (rollbackProtection is null)
            {
                return;
            }

            if (await rollbackProtection.KeepAsync(end) is StartDecision.Serve)
            {
                signer.AnchorKnows(end);
            }
            else
            {
                StandardError.Console.WriteLine(
                    "before this command the ledger was not one that was stopped in an orderly way: "
                        + "'remote-signer rollback-protection status' shows what the next start does"
                );
            }
        }
        catch (Exception exception)
            when (Trouble.IsOfHardware(exception) || exception is VaultException or SecretMemoryException or LedgerException)
        {
            StandardError.Console.WriteLine(
                "the change is made, but the anchor of rollback protection was not told: the next "
                    + $"start will raise the low watermarks to the fence ({exception.Message})"
            );
        }
    }

    /// <summary>The anchor of another kind for the same vault.</summary>
    public IRollbackAnchor Other(string kind) => RollbackAnchors.Open(kind, _signer.Keys.Hardware, Vault.VaultId, _keys)!;

    /// <summary>Tells the anchor where the ledger ends now, if it is the one that was stopped.</summary>
    public Task<StartDecision> KeepAsync(HistoryEnd end) =>
        OfflineChange.KeepAsync(Anchor, _keys, _signer.Slashing, Standing.Found, end, Standing.FenceFor(end));

    public void Dispose() => _keys.Dispose();

    private static RollbackRefusal NotVouched(string why) =>
        new(
            RollbackReason.VaultUnknown,
            "this ledger does not remember its vault yet, and the anchor of rollback "
                + $"protection does not vouch for the one that is here: {why}",
            "let the anchor answer, and repeat it: then the ledger remembers the "
                + "vault; 'remote-signer rollback-protection status' shows how it stands"
        );

    // Before an anchor has its first record nothing was signed by it, and nobody can say more.
    private static bool MayStand(StartEvidence evidence, RollbackReason reason, bool isByRecovery, bool isUnderFormer) =>
        reason == RollbackReason.NotEnrolled
        || evidence is { Ledger: null, Anchor.Record.IsEmpty: true }
        // A device that keeps a fence of this vault under another root key is not lost, but for one that the fence could not go on in yet.
        || (isByRecovery && !IsPutBack(reason) && (evidence.Stranger is null || isUnderFormer));

    private static bool IsPutBack(RollbackReason reason) =>
        reason
            is RollbackReason.VaultReplaced
                or RollbackReason.VaultUnknown
                or RollbackReason.VaultRolledBack
                or RollbackReason.LedgerRolledBack
                or RollbackReason.LedgerForeign;
}
