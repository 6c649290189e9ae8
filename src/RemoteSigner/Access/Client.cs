namespace RemoteSigner.Access;

/// <summary>
/// Who asks: the common name of the client's certificate and the SHA-256 fingerprint of that certificate (lower-case hex, 64 digits; null
/// on a listener without TLS).
/// </summary>
public sealed record Client(string Name, string? CertificateFingerprint);
