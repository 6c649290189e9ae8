namespace RemoteSigner.Host.Configuration;

/// <summary>
/// What opens the vault: the TPM, or the token that holds the key-encryption key, and where its PIN comes from. The PIN itself is never in
/// this file.
/// </summary>
internal sealed class SealOptions
{
    /// <summary>The "profile" of a TPM: nothing of the token is used then.</summary>
    public const string Tpm = "tpm";

    /// <summary>Name of a built-in HSM profile, the path of a profile file, or <see cref="Tpm"/>.</summary>
    public required string Profile { get; set; }

    /// <summary>Path of the PKCS#11 module; null takes the profile's.</summary>
    public string? Module { get; set; }

    /// <summary>Label of the token.</summary>
    public required string Token { get; set; }

    /// <summary>Serial number of the token, where several have that label; null takes the only one.</summary>
    public string? Serial { get; set; }

    /// <summary>Label of the key-encryption key in the token.</summary>
    public string Key { get; set; } = "remote-signer-kek";

    public PinOptions Pin { get; set; } = new();
}
