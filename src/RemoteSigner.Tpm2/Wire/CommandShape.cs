namespace RemoteSigner.Tpm2;

/// <summary>
/// What of a command the session layer must know: only a first parameter that is a TPM2B can be encrypted (Part 1 §21),
/// and asking for it elsewhere is refused with TPM_RC_ATTRIBUTES.
/// </summary>
internal readonly record struct CommandShape(
    bool SizedParameter = false,
    bool SizedResponse = false,
    bool ReturnsHandle = false,
    bool MakesKey = false
)
{
    public static CommandShape Of(TpmCc command) =>
        command switch
        {
            TpmCc.CreatePrimary => new(true, true, ReturnsHandle: true, MakesKey: true),
            TpmCc.Create => new(true, true, MakesKey: true),
            TpmCc.Load => new(true, true, ReturnsHandle: true),
            TpmCc.LoadExternal => new(true, true, ReturnsHandle: true),
            TpmCc.StartAuthSession => new(true, true, ReturnsHandle: true),
            TpmCc.ActivateCredential or TpmCc.Quote or TpmCc.NV_Certify or TpmCc.PolicySecret => new(true, true),
            TpmCc.NV_DefineSpace or TpmCc.NV_Write or TpmCc.PolicyNV => new(SizedParameter: true),
            TpmCc.Unseal or TpmCc.NV_Read or TpmCc.GetRandom or TpmCc.ReadPublic or TpmCc.NV_ReadPublic => new(SizedResponse: true),
            _ => default,
        };
}
