namespace RemoteSigner.Host.Configuration;

/// <summary>
/// Where the fence lives that notices a ledger or a vault that was put back, and what health says while its low watermarks refuse duties.
/// </summary>
internal sealed class RollbackProtectionOptions
{
    public const string Token = "token";

    public const string Tpm = "tpm";

    public const string None = "none";

    public const string Degraded = "degraded";

    public const string Down = "down";

    /// <summary>
    /// <c>tpm</c>: a counter and a record in the TPM; <c>token</c>: an object in the PKCS#11 token of <c>seal</c>; <c>none</c>: the
    /// operator's choice to run without a fence; null: in what opens the vault.
    /// </summary>
    public string? Anchor { get; set; }

    /// <summary>
    /// <c>degraded</c>: 200, and the word for whoever reads it, because other duties are signed; <c>down</c>: 503, so that clients go to
    /// another signer.
    /// </summary>
    public string LowWatermarksHealth { get; set; } = Degraded;
}
