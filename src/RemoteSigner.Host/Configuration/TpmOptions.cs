namespace RemoteSigner.Host.Configuration;

/// <summary>The TPM 2.0: where it is and what is measured, for sealing and as the anchor of rollback protection.</summary>
internal sealed class TpmOptions
{
    /// <summary>
    /// In tpm2-tools' words: <c>device:/dev/tpmrm0</c>, <c>swtpm:host=127.0.0.1,port=2321</c> or <c>swtpm:path=/run/tpm/sock</c>.
    /// </summary>
    public string Address { get; set; } = "device:/dev/tpmrm0";

    /// <summary>PCRs of the SHA-256 bank, 0 to 23, that an approval of the present state names.</summary>
    public IReadOnlyList<int> Pcrs { get; set; } = [7];

    /// <summary>Where the PIN of a slot comes from that wants one.</summary>
    public PinOptions Pin { get; set; } = new();

    /// <summary>File with the owner hierarchy's authorization value, where it has one; needed only when something is provisioned.</summary>
    public string? OwnerAuthFile { get; set; }
}
