using RemoteSigner.Native;
using RemoteSigner.Tpm2;

namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// A vault's root key as a sealed object under a TPM's storage root key, whose Name is the key's id. The object opens only while an
/// approval by the release key names the PCRs as they are and the revocation counter has not passed it, and with the PIN where one is
/// wanted. The policy's reference is of this very object, so an approval for one opens no other, of another vault or of before.
/// </summary>
public sealed class TpmSealedKey : IKeyEncryptionKey
{
    private readonly SealingTpm _tpm;
    private readonly TpmName _root;
    private readonly TpmSealPlan _plan;
    private readonly TpmPin _pin;

    private TpmSealedKey(SealingTpm tpm, TpmName root, string label, TpmSealPlan plan, TpmPin pin) =>
        (_tpm, _root, Label, _plan, _pin) = (tpm, root, label, plan, pin);

    public VaultSlotType SlotType => VaultSlotType.Tpm2Sealed;

    public ReadOnlyMemory<byte> Id => _root.Bytes.ToArray();

    public string Label { get; }

    public bool Opens { get; private init; } = true;

    public bool Wraps { get; private init; }

    /// <summary>
    /// For a new slot: finds the TPM's storage root key, or makes it, and records its Name. Repeating it changes nothing.
    /// </summary>
    /// <exception cref="SealingTpmException">The TPM failed, or the owner's authorization is wrong.</exception>
    internal static async Task<TpmSealedKey> ProvisionAsync(
        SealingTpm tpm,
        ReleaseKey release,
        TpmSealPlan plan,
        TpmPin pin,
        string label,
        CancellationToken cancellation = default
    )
    {
        var name = await tpm.RunAsync(connection => ProvideRoot(tpm, connection), cancellation);
        return new TpmSealedKey(tpm, name, label, plan, pin) { Wraps = true, Opens = release.CanSign };
    }

    /// <summary>The key that belongs to a vault's slot. It opens it, and wraps nothing: each object has a nonce of its own.</summary>
    /// <exception cref="VaultException">The slot is malformed.</exception>
    public static TpmSealedKey Of(SealingTpm tpm, VaultSlot slot)
    {
        return new TpmSealedKey(tpm, new TpmName(slot.KeyId.Span), slot.Label, TpmSlot.Parse(slot.Wrapped.Span).Plan, tpm.Pin);
    }

    public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation) =>
        Wraps
            ? _tpm.RunAsync(tpm => Wrap(tpm, rootKey, context.Span).Write(), cancellation)
            : throw new InvalidOperationException("a slot's object is made for one root key");

    public Task<SecretBytes> UnwrapAsync(
        ReadOnlyMemory<byte> wrapped,
        ReadOnlyMemory<byte> context,
        SecretArena arena,
        CancellationToken cancellation
    )
    {
        var slot = TpmSlot.Parse(wrapped.Span);
        return _tpm.RunAsync(
            tpm =>
            {
                using var root = _tpm.ReadRoot(tpm);
                return new TpmUnsealing(_tpm, tpm, root.Pin(_root), slot, _pin).Run(context.Span, arena);
            },
            cancellation
        );
    }

    private TpmSlot Wrap(Tpm tpm, SecretBytes rootKey, ReadOnlySpan<byte> context)
    {
        using var found = _tpm.ReadRoot(tpm);
        var root = found.Pin(_root);
        var revocation = _tpm.ProvideCounter(tpm, root, context);
        using var release = ReleaseKey.FromPoint(_plan.ReleasePoint);
        var policy = PolicyDigest.Authorize(release.Name, TpmSlot.ReferenceOf(context, _plan.Nonce));
        var template = KeyedHashPublic.SealedUnder(_plan.WantsPin ? policy.AuthValue() : policy, noDA: !_plan.WantsPin);
        using var session = tpm.StartHmacSession(root);
        var item = tpm.Create(root, session, template, _plan.WantsPin ? _pin.Get().Span : [], rootKey.Span);
        return new TpmSlot(_plan, revocation.Handle, item);
    }

    // Before there is a storage root key nothing can be salted: the owner's authorization crosses the bus this once.
    private static TpmName ProvideRoot(SealingTpm device, Tpm tpm)
    {
        if (device.Roots.Count > 0)
        {
            return device.PinRoot(tpm).Name;
        }

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
