using System.Security.Cryptography;
using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// An RSA key of which the public half alone is here, as a slot of the vault has it: it wraps another root key for a device that is not at
/// hand, and opens nothing.
/// </summary>
internal sealed class PublicHalfKey(VaultSlot slot) : IKeyEncryptionKey
{
    public VaultSlotType SlotType => slot.Type;

    public ReadOnlyMemory<byte> Id => slot.KeyId;

    public string Label => slot.Label;

    public bool Opens => false;

    /// <summary>The key of a slot that has its public half; null of another.</summary>
    public static PublicHalfKey? Of(VaultSlot slot) => slot.PublicHalf.IsEmpty ? null : new PublicHalfKey(slot);

    public Task<byte[]> ReadPublicHalfAsync(CancellationToken cancellation) => Task.FromResult(slot.PublicHalf.ToArray());

    public Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(slot.PublicHalf.Span, out _);
        }
        catch (CryptographicException e)
        {
            throw new VaultException(
                VaultFault.Malformed,
                $"the slot of '{Label}' has no public key of RSA: {e.Message}",
                "restore the vault from a backup",
                e
            );
        }

        using var arena = new SecretArena();
        return Task.FromResult(Wrap(rsa, SlotType, rootKey, context.Span, arena));
    }

    public Task<SecretBytes> UnwrapAsync(
        ReadOnlyMemory<byte> wrapped,
        ReadOnlyMemory<byte> context,
        SecretArena arena,
        CancellationToken cancellation
    ) =>
        throw new VaultException(
            VaultFault.NoSlotOpens,
            $"the public half of the key '{Label}' cannot open anything",
            "bring the device that has the private half"
        );

    /// <summary>The 48 bytes of <see cref="SlotContext"/> under an RSA key, as slots of this type have them.</summary>
    internal static byte[] Wrap(RSA key, VaultSlotType type, SecretBytes rootKey, ReadOnlySpan<byte> context, SecretArena arena)
    {
        using var bound = arena.Allocate(SlotContext.BoundLength);
        SlotContext.Bind(rootKey.Span, context, bound.Span);
        return key.Encrypt(
            bound.Span,
            type == VaultSlotType.Pkcs11RsaOaepSha1 ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256
        );
    }
}
