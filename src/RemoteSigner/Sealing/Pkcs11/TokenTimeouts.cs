namespace RemoteSigner.Sealing.Pkcs11;

/// <summary>How long and how often a token is waited for. PKCS#11 has no time-out of its own.</summary>
public sealed record TokenTimeouts
{
    /// <summary>How long one call may take before its thread is given up (10 s: slow network HSMs answer within 2).</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the making of a key may take (2 min: RSA keys of 4096 bits take some tokens that long).</summary>
    public TimeSpan KeyGeneration { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a lost device is tried again within one operation.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The first pause between two tries; each further one is twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After half of at least eight calls failed, how long none is made.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many threads may be stuck in the module before no further one is risked.</summary>
    public int StuckThreads { get; init; } = 4;
}
