using System.Diagnostics;

namespace RemoteSigner.Sealing;

/// <summary>
/// How a slot wraps the vault's root key. The number stands in the file and is authenticated: nothing is negotiated at opening.
/// </summary>
public enum VaultSlotType : byte
{
    /// <summary>RSA-OAEP with SHA-256 and MGF1-SHA-256, decrypted in a PKCS#11 token.</summary>
    Pkcs11RsaOaepSha256 = 1,

    /// <summary>RSA-OAEP with SHA-1, for tokens that have no other (OAEP does not need collision resistance).</summary>
    Pkcs11RsaOaepSha1 = 2,

    /// <summary>AES-256-GCM in a PKCS#11 token.</summary>
    Pkcs11AesGcm = 3,

    /// <summary>A sealed object of a TPM 2.0.</summary>
    Tpm2Sealed = 4,

    /// <summary>RSA-OAEP with SHA-256 for a private key that is kept offline.</summary>
    Recovery = 5,
}

/// <summary>The name of a type, in <c>--json</c>, the audit log and messages: a member may be renamed, its name not.</summary>
public static class VaultSlotTypeNames
{
    public static string Name(this VaultSlotType type) =>
        type switch
        {
            VaultSlotType.Pkcs11RsaOaepSha256 => "Pkcs11RsaOaepSha256",
            VaultSlotType.Pkcs11RsaOaepSha1 => "Pkcs11RsaOaepSha1",
            VaultSlotType.Pkcs11AesGcm => "Pkcs11AesGcm",
            VaultSlotType.Tpm2Sealed => "Tpm2Sealed",
            VaultSlotType.Recovery => "Recovery",
            _ => throw new UnreachableException($"the slot type {type} has no name"),
        };
}
