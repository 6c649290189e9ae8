namespace RemoteSigner.Sealing.Tpm2;

/// <summary>
/// What an approval must be made out to, so that it can be made on a machine that has neither the vault nor the TPM. Holds no secret.
/// </summary>
/// <param name="Vault">The policy reference, 32 bytes: of the sealed object that the vault has now.</param>
/// <param name="Revocation">NV handle of the revocation counter.</param>
/// <param name="Count">Where the counter stood when this was written.</param>
/// <param name="ReleaseKey">Name of the key that must sign, hex.</param>
public sealed record FirmwareApprovalRequest(byte[] Vault, uint Revocation, ulong Count, string ReleaseKey)
{
    /// <summary>
    /// More than any counter has got to: each step is a revocation, or an NV counter of this TPM that was made and taken away.
    /// </summary>
    public const ulong MaxCount = 1 << 20;
}
