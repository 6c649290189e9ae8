namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>
/// Who made a token and its PKCS#11 module, in their own words: CK_INFO's manufacturer, CK_TOKEN_INFO's manufacturer and model (PKCS#11
/// v3.0 §3.2).
/// </summary>
internal sealed record TokenMaker(string Module, string Manufacturer, string Model)
{
    // SoftHSM2, NSS's softoken, openCryptoki's software token, Kryoptic, and tpm2-pkcs11, which keeps its data objects in a database beside
    // the TPM.
    private static readonly string[] _inFiles = ["SoftHSM", "Mozilla", "Kryoptic", "tpm2-software", "tpm2-pkcs11"];

    /// <summary>Is it a program on the host that keeps its objects in files there?</summary>
    public bool IsInFiles =>
        new[] { Module, Manufacturer, Model }.Any(text => _inFiles.Any(name => text.Contains(name, StringComparison.OrdinalIgnoreCase)))
        || Model is "Soft" or "swtok";

    public override string ToString() => $"{Manufacturer}, {Model}";
}
