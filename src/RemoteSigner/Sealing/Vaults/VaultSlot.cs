namespace RemoteSigner.Sealing;

/// <summary>One way into a vault: the root key, wrapped by one key outside.</summary>
/// <param name="Type">How it is wrapped.</param>
/// <param name="KeyId">Which key of that type does, 1 to 64 bytes.</param>
/// <param name="Label">That key's name for people, at most 64 bytes of UTF-8.</param>
public sealed record VaultSlot(VaultSlotType Type, ReadOnlyMemory<byte> KeyId, string Label)
{
    /// <summary>
    /// Of an RSA key the SubjectPublicKeyInfo, at most 1100 bytes: with it another root key is wrapped where the device is not at hand.
    /// Empty for other keys, and in a slot of an earlier version.
    /// </summary>
    internal ReadOnlyMemory<byte> PublicHalf { get; init; }

    /// <summary>The wrapped root key, at most 1024 bytes.</summary>
    internal ReadOnlyMemory<byte> Wrapped { get; init; }

    /// <summary>The id in lower-case hex, as people name a slot.</summary>
    public string KeyIdText => Convert.ToHexStringLower(KeyId.Span);

    /// <summary>True when the signer can open it by itself, without a key that lies in a safe.</summary>
    public bool IsHardware => Type != VaultSlotType.Recovery;

    internal bool IsPkcs11 => Type is VaultSlotType.Pkcs11RsaOaepSha256 or VaultSlotType.Pkcs11RsaOaepSha1 or VaultSlotType.Pkcs11AesGcm;

    internal bool Is(VaultSlotType type, ReadOnlyMemory<byte> keyId) => Type == type && KeyId.Span.SequenceEqual(keyId.Span);

    /// <summary>Is it the slot of this key?</summary>
    public bool BelongsTo(IKeyEncryptionKey key) => Is(key.SlotType, key.Id);
}
