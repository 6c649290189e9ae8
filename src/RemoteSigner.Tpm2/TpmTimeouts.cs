namespace RemoteSigner.Tpm2;

/// <summary>How long to wait for a TPM, and by whose clock.</summary>
public sealed record TpmTimeouts
{
    public static TpmTimeouts Default { get; } = new();

    /// <summary>For an answer. A slow chip takes up to 0.6 s for a signature; 10 s is a hang.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For an answer to commands that make a key: an RSA primary takes many seconds on a slow chip.</summary>
    public TimeSpan KeyGeneration { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>In all, for a TPM that is busy, with itself or with others (<see cref="TpmException.IsOfOthers"/>).</summary>
    public TimeSpan Busy { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>In all, for a TPM that says NV_RATE to spare its memory.</summary>
    public TimeSpan NvRate { get; init; } = TimeSpan.FromSeconds(30);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
