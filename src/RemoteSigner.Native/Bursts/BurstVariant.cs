namespace RemoteSigner.Native;

/// <summary>How what many keys sign is computed. The signatures are the same.</summary>
public enum BurstVariant
{
    /// <summary>As fast as the processor can.</summary>
    Auto,

    /// <summary>Without AVX-512.</summary>
    Portable,

    /// <summary>Each by blst alone.</summary>
    Off,
}
