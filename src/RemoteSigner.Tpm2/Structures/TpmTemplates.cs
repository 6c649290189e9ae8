namespace RemoteSigner.Tpm2;

/// <summary>
/// Templates of primary keys. The same template in the same hierarchy always gives the same key, until the hierarchy is cleared.
/// </summary>
public static class TpmTemplates
{
    private const TpmaObject Made = TpmaObject.FixedTPM | TpmaObject.FixedParent | TpmaObject.SensitiveDataOrigin;

    /// <summary>PolicySecret(TPM_RH_ENDORSEMENT), the policy of every default EK (TCG EK Credential Profile, PolicyA SHA-256).</summary>
    private static byte[] EkPolicy => PolicyDigest.Empty.Secret(TpmEntity.Endorsement.Name, []).ToArray();

    /// <summary>Storage root key, ECC P-256 (TCG TPM v2.0 Provisioning Guidance §7.5.1).</summary>
    public static TpmtPublic StorageRootKey { get; } =
        new EccPublic(
            Made | TpmaObject.UserWithAuth | TpmaObject.NoDA | TpmaObject.Restricted | TpmaObject.Decrypt,
            [],
            TpmtSymDef.Aes128Cfb,
            TpmtScheme.None,
            new byte[32],
            new byte[32]
        );

    /// <summary>Endorsement key, ECC P-256 (TCG EK Credential Profile, template L-2).</summary>
    public static TpmtPublic EndorsementKeyEcc { get; } =
        new EccPublic(
            Made | TpmaObject.AdminWithPolicy | TpmaObject.Restricted | TpmaObject.Decrypt,
            EkPolicy,
            TpmtSymDef.Aes128Cfb,
            TpmtScheme.None,
            new byte[32],
            new byte[32]
        );

    /// <summary>Endorsement key, RSA 2048 (TCG EK Credential Profile, template L-1).</summary>
    public static TpmtPublic EndorsementKeyRsa { get; } =
        new RsaPublic(
            Made | TpmaObject.AdminWithPolicy | TpmaObject.Restricted | TpmaObject.Decrypt,
            EkPolicy,
            TpmtSymDef.Aes128Cfb,
            TpmtScheme.None,
            2048,
            0,
            new byte[256]
        );

    /// <summary>Attestation key: restricted, so it signs only what the TPM itself made. ECDSA P-256 with SHA-256.</summary>
    public static TpmtPublic AttestationKey { get; } =
        new EccPublic(
            Made | TpmaObject.UserWithAuth | TpmaObject.NoDA | TpmaObject.Restricted | TpmaObject.SignEncrypt,
            [],
            TpmtSymDef.None,
            TpmtScheme.EcdsaSha256,
            [],
            []
        );
}
