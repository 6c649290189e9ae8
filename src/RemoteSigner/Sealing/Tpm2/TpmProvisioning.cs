using System.Security.Cryptography;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// Prepares a TPM for one sealed object of a vault, which a nonce tells from every other. Every step may be interrupted and repeated: the
/// storage root key and the revocation counter are found again, and the approval is on disk before a slot depends on it.
/// </summary>
public sealed class TpmProvisioning(SealingTpm tpm, ReleaseKey release, TpmlPcrSelection pcrs, bool wantsPin)
{
    private readonly TpmSealPlan _plan = new(release.Point, wantsPin, RandomNumberGenerator.GetBytes(TpmSlot.NonceLength));
    private TpmName? _root;

    public bool WantsPin => wantsPin;

    /// <summary>
    /// Judges a storage root key whose Name nobody has recorded, before anything is sealed under it; throws where it must not be.
    /// </summary>
    public required Func<TpmName, Task> Judge { private get; init; }

    /// <summary>May a slot with a PIN be replaced by one without?</summary>
    public bool MayDropPin { get; init; }

    /// <summary>Where the new object's PIN comes from; null: it is the one that opens the present slot.</summary>
    public PinSource? NewPin { get; init; }

    /// <summary>What a counter may be for an approval beyond the count of now.</summary>
    internal ulong? AtMost { get; set; }

    /// <summary>A key under the TPM's storage root key, for a slot.</summary>
    /// <exception cref="SealingTpmException">The TPM failed, or is none of <see cref="SealingTpm.Roots"/>.</exception>
    public async Task<TpmSealedKey> ProvideKeyAsync(string label, CancellationToken cancellation = default)
    {
        var key = await TpmSealedKey.ProvisionAsync(
            tpm,
            release,
            _plan,
            NewPin is null ? tpm.Pin : tpm.NewPin(NewPin),
            label,
            cancellation
        );
        _root = new TpmName(key.Id.Span);
        if (tpm.Roots.Count == 0)
        {
            await Judge(_root);
        }

        return key;
    }

    /// <summary>
    /// Approves what runs now for the new object, if the private half of the release key is here, and writes down what further approvals
    /// must be made out to. Null when only the public half is here: then the vault does not open before somebody has signed.
    /// </summary>
    /// <exception cref="SealingTpmException">The TPM failed.</exception>
    public async Task<TpmApproval?> ApproveAsync(Guid vaultId, string label, CancellationToken cancellation = default)
    {
        var context = TpmSeal.ContextOf(vaultId);
        var (revocation, count, digest) = await tpm.RunAsync(connection => Measure(connection, context), cancellation);
        var request = new FirmwareApprovalRequest(
            TpmSlot.ReferenceOf(context, _plan.Nonce),
            revocation,
            AtMost ?? count,
            release.Name.ToString()
        );
        tpm.Approvals.WriteRequest(request);
        if (!release.CanSign)
        {
            return null;
        }

        var approval = TpmApproval.Sign(release, label, request, pcrs, digest, request.Count);
        tpm.Approvals.Add(approval);
        return approval;
    }

    private (uint Revocation, ulong Count, byte[] PcrDigest) Measure(Tpm connection, byte[] context)
    {
        using var found = tpm.ReadRoot(connection);
        var root = found.Pin(_root ?? throw new InvalidOperationException("the key is provided first"));
        var counter = tpm.ProvideCounter(connection, root, context);
        return (counter.Handle, RevocationCounter.Read(connection, root, counter.Handle), connection.PcrRead(pcrs).Digest());
    }
}
