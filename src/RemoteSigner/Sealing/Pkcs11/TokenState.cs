namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>How a token is doing, for the health endpoint.</summary>
/// <param name="Condition">The verdict.</param>
/// <param name="LastFault">The kind of the latest trouble; null when there was none yet.</param>
/// <param name="LastError">The latest trouble in words; it stays after recovery.</param>
/// <param name="LastErrorAt">When that was.</param>
/// <param name="Operations">Encryptions and decryptions asked of the token so far.</param>
/// <param name="LoginAttempts">How often a PIN was sent.</param>
/// <param name="StuckThreads">Threads that a call has not given back.</param>
public sealed record TokenState(
    DeviceCondition Condition,
    TokenFault? LastFault,
    string? LastError,
    DateTimeOffset? LastErrorAt,
    long Operations,
    long LoginAttempts,
    int StuckThreads
);
