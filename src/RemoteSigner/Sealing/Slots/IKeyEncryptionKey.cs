using RemoteSigner.Native;

namespace RemoteSigner.Sealing;

/// <summary>
/// A key outside the vault that can wrap the vault's 32-byte root key: one in a PKCS#11 token, a sealed object of a TPM, or one kept
/// offline for recovery.
/// </summary>
public interface IKeyEncryptionKey
{
    VaultSlotType SlotType { get; }

    /// <summary>
    /// Tells this key from others of its type, at most 64 bytes: <c>CKA_ID</c>, the Name of the storage root key, or SHA-256 of the public
    /// key.
    /// </summary>
    ReadOnlyMemory<byte> Id { get; }

    /// <summary>A name for people, at most 64 bytes of UTF-8.</summary>
    string Label { get; }

    /// <summary>Can it be asked to open what it has wrapped, as a proof?</summary>
    bool Opens => true;

    /// <summary>Can it be asked to wrap? The key of a slot whose object is made for one root key cannot.</summary>
    bool Wraps => true;

    /// <summary>The public key (SubjectPublicKeyInfo) with which anybody can wrap for it; empty where there is none.</summary>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    Task<byte[]> ReadPublicHalfAsync(CancellationToken cancellation) => Task.FromResult<byte[]>([]);

    /// <summary>
    /// Takes away what was made for this key in its device, where something was. Only for one that no vault has a slot for.
    /// </summary>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    Task DiscardAsync() => Task.CompletedTask;

    /// <summary>Wraps the root key so that it opens only together with the same <paramref name="context"/>.</summary>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    Task<byte[]> WrapAsync(SecretBytes rootKey, ReadOnlyMemory<byte> context, CancellationToken cancellation);

    /// <summary>Gives the root key back, in one hardware operation.</summary>
    /// <exception cref="VaultException">It was wrapped for another context, or changed.</exception>
    /// <exception cref="SealingDeviceException">The device failed.</exception>
    Task<SecretBytes> UnwrapAsync(
        ReadOnlyMemory<byte> wrapped,
        ReadOnlyMemory<byte> context,
        SecretArena arena,
        CancellationToken cancellation
    );
}
