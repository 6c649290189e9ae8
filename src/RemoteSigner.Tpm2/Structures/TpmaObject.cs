namespace RemoteSigner.Tpm2;

/// <summary>TPMA_OBJECT (TPM 2.0 Library Part 2 §8.3): what a key or sealed object may be used for.</summary>
[Flags]
public enum TpmaObject : uint
{
    None = 0,
    FixedTPM = 1 << 1,
    StClear = 1 << 2,
    FixedParent = 1 << 4,
    SensitiveDataOrigin = 1 << 5,
    UserWithAuth = 1 << 6,
    AdminWithPolicy = 1 << 7,
    NoDA = 1 << 10,
    EncryptedDuplication = 1 << 11,
    Restricted = 1 << 16,
    Decrypt = 1 << 17,
    SignEncrypt = 1 << 18,
}
