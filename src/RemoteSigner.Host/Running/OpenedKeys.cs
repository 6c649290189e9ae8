using RemoteSigner.Keys;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;
using RemoteSigner.Spec;

namespace RemoteSigner.Host.Running;

/// <summary>
/// The keys of the signer that serves follow the vault: open are those that it holds and the ledger has active, and the SSV operator's
/// beside it.
/// </summary>
internal sealed class OpenedKeys(
    KeyRing ring,
    SealedKeys sealedKeys,
    OperatorSigner voice,
    ArchiveWatch archive,
    SignerMetrics metrics,
    ILogger<OpenedKeys> log
)
{
    private int _awaited;

    // How far the open keys have followed, and whether as those of a signer that signs nothing; null where they are behind, or nobody
    // knows.
    private (long Changes, bool IsClosed)? _followed;

    /// <summary>What the ledger has and the open keys do not, or the other way round; null when they agree.</summary>
    public string? Difference { get; private set; }

    /// <summary>How many shares of the vault are parked or exported: nobody expects them to be open.</summary>
    public int Parked { get; private set; }

    /// <param name="held">What vault and ledger hold now.</param>
    /// <param name="isClosed">Is nothing signed at all, as with another signer's ledger? Then the vault alone is asked: a duty is told why
    /// it is refused, and not that its key is unknown.</param>
    public void Follow(Vault vault, HeldShares held, bool isClosed)
    {
        var changes = _followed is { } followed && followed.IsClosed == isClosed ? held.Changes.Since(followed.Changes) : null;
        _followed = null;
        Put(vault, changes, share => isClosed || held.FindActive(share.ShareKey) is not null);
        _followed = (held.Changes.Now, isClosed);
        Parked = held.CountResting(state => state is KeyState.Parked or KeyState.Exported);
        Difference = DifferenceOf(held, isClosed);
        TellAwaited(held.Awaited);
        OpenOperatorKey(vault);
        archive.Look(vault, held);
    }

    // No duty needs it: whatever is wrong with it keeps no share shut.
    private void OpenOperatorKey(Vault vault)
    {
        try
        {
            voice.Take(sealedKeys.OpenOperatorKey(vault));
        }
        catch (VaultException shut)
        {
            voice.Miss($"nothing is said and no share is taken for the SSV operator: {shut.Message}; {shut.Hint}");
            log.LogError(shut, "the keys are open, but {Message}; {Hint}", shut.Message, shut.Hint);
        }
    }

    // What is open already, and sealed as it was, stays: a push costs what it brings, and not what is here.
    private void Put(Vault vault, IReadOnlySet<BlsPublicKey>? changes, Func<VaultListing.Share, bool> maySign)
    {
        List<VaultListing.Share> active =
        [
            .. (changes is null ? vault.Contents.Shares : changes.Select(vault.Find).OfType<VaultListing.Share>()).Where(maySign),
        ];
        var shut = active.Where(share => ring.Find(share.ShareKey)?.IsSameAs(share) != true).Select(share => share.ShareKey).ToHashSet();
        var stays = active.Select(share => share.ShareKey).Where(key => !shut.Contains(key)).ToHashSet();
        var gone = (changes ?? ring.Shares.Select(share => share.PublicKey))
            .Where(key => ring.Find(key) is not null && !stays.Contains(key))
            .ToHashSet();
        if (shut.Count + gone.Count == 0 && ring.AreOpen)
        {
            return;
        }

        var opened = sealedKeys.OpenShares(vault, shut);
        if (gone.Count == 0 && ring.AreOpen)
        {
            ring.Add(opened);
        }
        else
        {
            ring.Replace([.. ring.Shares.Where(share => !gone.Contains(share.PublicKey)), .. opened]);
        }

        metrics.Loaded.Set(ring.Count);
        log.LogInformation("{Count} keys are open", ring.Count);
    }

    // Nobody relies on them yet, so the signer is as ready as without them.
    private void TellAwaited(int awaited)
    {
        if (awaited > 0 && awaited != _awaited)
        {
            log.LogWarning(
                "{Count} shares did not come, because their import was interrupted: push or import them again, or delete their keys",
                awaited
            );
        }

        _awaited = awaited;
    }

    private static string? DifferenceOf(HeldShares held, bool isClosed)
    {
        // Where nothing is signed, all that is in the vault is open.
        var missing = held.Missing + (isClosed ? 0 : held.CountResting(state => state is KeyState.Enrolling));
        var unknown = isClosed ? 0 : held.CountResting(state => state is not (KeyState.Parked or KeyState.Exported));
        return (missing, unknown) switch
        {
            (0, 0) => null,
            (_, 0) => $"{missing} keys may sign by the ledger and are not in the vault: push or import them again, or delete them",
            (0, _) => $"{unknown} shares in the vault may not sign by the ledger: push or import them again",
            _ => $"{missing} keys may sign by the ledger and are not in the vault, {unknown} shares in the "
                + "vault may not sign by the ledger: push or import them again, or delete them",
        };
    }
}
