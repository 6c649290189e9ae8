namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>Which token: the module's path, and the token's label with its serial number when labels repeat.</summary>
public sealed record TokenAddress(string ModulePath, string Label, string? Serial = null);
