using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>Revokes every approval of a vault but one that is made for it: the present state is approved for the next count, and then the counter takes it.</summary>
public sealed class TpmRevocation
{
    private readonly SealingTpm _tpm;
    private readonly TpmSeal _seal;
    private readonly ReleaseKey _release;
    private readonly ulong _count;

    private TpmRevocation(SealingTpm tpm, TpmSeal seal, ReleaseKey release, ulong count, TpmApproval approval) => (_tpm, _seal, _release, _count, Approval) = (tpm, seal, release, count, approval);

    /// <summary>What stays alive: the present state, approved for the next count.</summary>
    public TpmApproval Approval { get; }

    /// <summary>Signs the approval of the present state; nothing is revoked yet.</summary>
    /// <exception cref="SealingTpmException">The TPM failed, or is not the one that the vault was sealed under.</exception>
    /// <exception cref="VaultException">The key is not this vault's release key, or its private half is not here.</exception>
    public static async Task<TpmRevocation> PrepareAsync(SealingTpm tpm, TpmSeal seal, ReleaseKey release, TpmlPcrSelection pcrs, string label, CancellationToken cancellation = default)
    {
        using (var expected = seal.ReleaseKey())
        {
            if (!release.Name.Equals(expected.Name))
            {
                throw new VaultException(VaultFault.WrongKey, $"the release key {release.Name} is not the one that this vault was sealed for, {expected.Name}", "give the right key");
            }
        }

        var (count, digest) = await tpm.RunAsync(connection => (RevocationCounter.Read(connection, Pinned(connection, seal), seal.Revocation), connection.PcrRead(pcrs).Digest()), cancellation);
        var approval = TpmApproval.Sign(release, label, new ApprovalRequest(seal.Vault, seal.Revocation, count, release.Name.ToString()), pcrs, digest, count + 1);
        return new TpmRevocation(tpm, seal, release, count, approval);
    }

    /// <summary>Writes the approval, then raises the counter. Interrupted before the counter was raised nothing is revoked, and repeating it does it.</summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public async Task RaiseAsync(CancellationToken cancellation = default)
    {
        _tpm.Approvals.Add(Approval);
        var raised = await _tpm.RunAsync(connection => Raise(_tpm, connection, _seal, _count), cancellation);
        _tpm.Approvals.WriteRequest(new ApprovalRequest(_seal.Vault, _seal.Revocation, raised, _release.Name.ToString()));
    }

    // Counted only from the value that was signed for: repeated after a lost answer it must not go past the approval.
    private static ulong Raise(SealingTpm tpm, Tpm connection, TpmSeal seal, ulong count)
    {
        var root = Pinned(connection, seal);
        if (RevocationCounter.Read(connection, root, seal.Revocation) == count)
        {
            using var owner = tpm.StartOwnerSession(connection, root);
            try
            {
                connection.NvIncrement(RevocationCounter.At(seal.Revocation), owner, TpmEntity.Owner);
            }
            catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
            {
                throw tpm.OwnerRefused(e);
            }
        }

        return RevocationCounter.Read(connection, root, seal.Revocation);
    }

    private static PinnedKey Pinned(Tpm connection, TpmSeal seal)
    {
        using var root = connection.ReadStorageRootKey();
        return root.Pin(seal.Root);
    }
}
