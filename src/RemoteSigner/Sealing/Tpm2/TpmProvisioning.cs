using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// Prepares a TPM for a vault. Every step may be interrupted and repeated: the storage root key and the revocation counter are found again, and the approval is
/// on disk before a slot depends on it.
/// </summary>
public sealed class TpmProvisioning(SealingTpm tpm, ReleaseKey release, TpmlPcrSelection pcrs, bool wantsPin)
{
    /// <summary>A key under the TPM's storage root key, for a slot.</summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public Task<TpmSealedKey> ProvideKeyAsync(string label, CancellationToken cancellation = default) => TpmSealedKey.ProvisionAsync(tpm, release, wantsPin, label, cancellation);

    /// <summary>
    /// Approves what runs now, if the private half of the release key is here, and writes down what further approvals must be made out to. Null when
    /// only the public half is here: then the vault does not open before somebody has signed.
    /// </summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public async Task<TpmApproval?> ApproveAsync(Guid vaultId, string label, CancellationToken cancellation = default)
    {
        var context = TpmSeal.ContextOf(vaultId);
        var (revocation, count, digest) = await tpm.RunAsync(connection => Measure(connection, context), cancellation);
        var request = new ApprovalRequest(context, revocation, count, release.Name.ToString());
        tpm.Approvals.WriteRequest(request);
        if (!release.CanSign)
        {
            return null;
        }

        var approval = TpmApproval.Sign(release, label, request, pcrs, digest, count);
        tpm.Approvals.Add(approval);
        return approval;
    }

    private (uint Revocation, ulong Count, byte[] PcrDigest) Measure(Tpm connection, byte[] context)
    {
        using var found = tpm.ReadRoot(connection);
        var root = found.Pin(found.Name);
        var counter = tpm.ProvideCounter(connection, root, context);
        return (counter.Handle, RevocationCounter.Read(connection, root, counter.Handle), connection.PcrRead(pcrs).Digest());
    }
}
