using RemoteSigner.Clusters;
using RemoteSigner.Ledgers;
using RemoteSigner.Native;
using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;

namespace RemoteSigner.Administration.Seals;

/// <summary>
/// The root key that a vault had before, sealed under the present one, in the ledger for as long as something beside the vault may still be
/// under it: an operator's key, what anchors documents, the fence. Written with the entry of the act, before the vault has the new root
/// key; whoever has not that one reads nothing in it.
/// </summary>
public static class FormerRootKey
{
    private const string Note = "seal.former";

    /// <summary>
    /// After a vault was opened: lets it open what has not followed it. One of a root key that the vault never got says nothing. A vault
    /// that is not the ledger's gets nothing, so that neither files nor fence follow it before it was refused.
    /// </summary>
    public static async Task RecallAsync(PendingActs pending, Vault vault)
    {
        if (
            vault.Contents.Epoch > 0
            && await pending.WriteAsync(transaction =>
                VaultRules.Refusal(KnownVault.Read(transaction), vault.Anchor) is null ? LedgerNotes.Find(transaction, Note) : null
            )
                is { } former
        )
        {
            vault.Recall(former);
        }
    }

    /// <summary>In the transaction of the act's entry; without another root key it does nothing.</summary>
    internal static void Keep(LedgerTransaction transaction, NewRootKey? next)
    {
        if (next is not null)
        {
            LedgerNotes.Put(transaction, Note, next.Former.Span);
        }
    }

    /// <summary>Brings what is beside the vault under its present root key; each step may be repeated.</summary>
    /// <exception cref="VaultException">The operator's key cannot be read or written.</exception>
    /// <exception cref="RollbackAnchorException">The anchor of rollback protection failed.</exception>
    internal static async Task FollowAsync(Proceeding proceeding)
    {
        var vault = proceeding.Vault;
        if (vault.IsFollowed)
        {
            return;
        }

        FollowWithFiles(proceeding);
        if (await HandFenceOverAsync(proceeding))
        {
            await proceeding.Pending.WriteAsync(transaction =>
            {
                LedgerNotes.Remove(transaction, Note);
                return true;
            });
            vault.ForgetFormer();
        }
    }

    // The device with the former place may be the one that was lost: that the fence did not follow a start or a person sees, and the
    // recovery goes on.
    private static async Task<bool> HandFenceOverAsync(Proceeding proceeding)
    {
        try
        {
            return await proceeding.Newest.HandFenceOverAsync();
        }
        catch (Exception lost) when (proceeding.Vault.IsOpenedByRecovery && lost is RollbackAnchorException or SealingDeviceException)
        {
            return false;
        }
    }

    private static void FollowWithFiles(Proceeding proceeding)
    {
        var (vault, archive) = (proceeding.Vault, proceeding.Library.Archive);
        if (vault.IsOperatorKeyShut(vault.OperatorKeyPath))
        {
            proceeding.Newest.Tell(
                $"the operator key {vault.OperatorKeyPath} does not open in this vault, neither "
                    + "with its root key nor with the one before, and stays as it is"
            );
        }
        else if (vault.ReSealOperatorKey(vault.OperatorKeyPath) is { } key)
        {
            DurableFile.Replace(vault.OperatorKeyPath, key);
        }

        using var former = vault.DeriveFormerAnchorKey()!;
        using var next = vault.DeriveAnchorKey();
        foreach (var document in archive.Hashes())
        {
            if (DocumentAnchor.Read(archive.ReadAnchor(document), former) is { } anchor)
            {
                DurableFile.Replace(archive.AnchorPathOf(document), anchor.Write(next));
            }
        }
    }
}
