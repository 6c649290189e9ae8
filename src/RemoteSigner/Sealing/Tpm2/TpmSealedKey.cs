using RemoteSigner.Native;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// A vault's root key as a sealed object under a TPM's storage root key, whose Name is the key's id. The object opens only while an approval by the release key
/// names the PCRs as they are and the revocation counter has not passed it, and with the PIN where one is wanted. The policy's reference is the slot's context,
/// so an approval for one vault opens no other.
/// </summary>
public sealed class TpmSealedKey : IKeyEncryptionKey
{
    private readonly SealingTpm _tpm;
    private readonly TpmName _root;
    private readonly TpmSealPlan _plan;

    private TpmSealedKey(SealingTpm tpm, TpmName root, string label, TpmSealPlan plan) => (_tpm, _root, Label, _plan) = (tpm, root, label, plan);

    public VaultSlotType SlotType => VaultSlotType.Tpm2Sealed;

    public ReadOnlyMemory<byte> Id => _root.Bytes.ToArray();

    public string Label { get; }

    /// <summary>For a new slot: finds the TPM's storage root key, or makes it, and records its Name. Repeating it changes nothing.</summary>
    /// <exception cref="SealingTpmException">The TPM failed, or the owner's authorization is wrong.</exception>
    public static async Task<TpmSealedKey> ProvisionAsync(SealingTpm tpm, ReleaseKey release, bool wantsPin, string label, CancellationToken cancellation = default)
    {
        var name = await tpm.RunAsync(connection => ProvideRoot(tpm, connection), cancellation);
        return new TpmSealedKey(tpm, name, label, new TpmSealPlan(release.Point, wantsPin));
    }

    /// <summary>The key that belongs to a vault's slot.</summary>
    /// <exception cref="VaultException">The slot is malformed.</exception>
    public static TpmSealedKey Of(SealingTpm tpm, VaultSlot slot)
    {
        var content = TpmSlot.Parse(slot.Wrapped.Span);
        return new TpmSealedKey(tpm, new TpmName(slot.KeyId.Span), slot.Label, new TpmSealPlan(content.ReleasePoint, content.WantsPin));
    }

    public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation) =>
        _tpm.RunAsync(tpm => Wrap(tpm, rootKey, context.Span).Write(), cancellation);

    public Task<SecretBytes> UnwrapAsync(ReadOnlyMemory<byte> wrapped, ReadOnlyMemory<byte> context, SecretArena arena, CancellationToken cancellation)
    {
        var slot = TpmSlot.Parse(wrapped.Span);
        return _tpm.RunAsync(
            tpm =>
            {
                using var root = _tpm.ReadRoot(tpm);
                return new TpmUnsealing(_tpm, tpm, root.Pin(_root), slot).Run(context.Span, arena);
            },
            cancellation);
    }

    private TpmSlot Wrap(Tpm tpm, SecretBytes rootKey, ReadOnlySpan<byte> context)
    {
        using var found = _tpm.ReadRoot(tpm);
        var root = found.Pin(_root);
        var revocation = _tpm.ProvideCounter(tpm, root, context);
        using var release = ReleaseKey.FromPoint(_plan.ReleasePoint);
        var policy = PolicyDigest.Authorize(release.Name, context);
        var template = KeyedHashPublic.SealedUnder(_plan.WantsPin ? policy.AuthValue() : policy, noDA: !_plan.WantsPin);
        using var session = tpm.StartHmacSession(root);
        var item = tpm.Create(root, session, template, _plan.WantsPin ? _tpm.Pin.Get().Span : [], rootKey.Span);
        return new TpmSlot(_plan.WantsPin, _plan.ReleasePoint, revocation.Handle, item);
    }

    // Before there is a storage root key nothing can be salted: the owner's authorization crosses the bus this once.
    private static TpmName ProvideRoot(SealingTpm device, Tpm tpm)
    {
        using var owner = device.ReadOwner();
        using var password = new TpmPassword(owner is null ? [] : owner.Span);
        try
        {
            using var key = tpm.ProvisionStorageRootKey(password);
            return key.Name;
        }
        catch (TpmException e) when (e.Rc is TpmRc.BAD_AUTH or TpmRc.AUTH_FAIL)
        {
            throw device.OwnerRefused(e);
        }
    }
}
