namespace RemoteSigner.Host.Configuration;

/// <summary>Where the fence lives that notices a ledger or a vault that was put back.</summary>
internal sealed class FreshnessOptions
{
    public const string Token = "token";

    public const string Tpm = "tpm";

    public const string None = "none";

    /// <summary><c>tpm</c>: a counter and a record in the TPM; <c>token</c>: an object in the PKCS#11 token of <c>seal</c>; <c>none</c>: the operator's choice to run without a fence; null: in what opens the vault.</summary>
    public string? Witness { get; set; }
}
