namespace RemoteSigner.Host.Configuration;

/// <summary>What the signer has its TPM sign for whoever asks with a certificate.</summary>
internal sealed class RemoteAttestationOptions
{
    /// <summary>
    /// PCRs of the SHA-256 bank, 0 to 23: firmware, boot loader and kernel by default; not 10, which Linux's IMA extends while it runs.
    /// </summary>
    public IReadOnlyList<int> Pcrs { get; set; } = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14];

    /// <summary>The firmware's event log; null where none is to be shown.</summary>
    public string? EventLog { get; set; } = "/sys/kernel/security/tpm0/binary_bios_measurements";
}
